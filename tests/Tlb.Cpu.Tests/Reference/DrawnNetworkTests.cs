namespace Tlb.Cpu.Tests;

/// <summary>The draws of a test are of use as far as they differ.</summary>
public sealed class DrawnNetworkTests
{
    [Theory]
    [InlineData(EnginesTests.Draws, 24, 6)]
    [InlineData(CpuGradientsTests.Draws, CpuGradientsTests.Widest, CpuGradientsTests.LargestGrid)]
    public void Draws_of_the_papers_form_have_every_option(int draws, int widest, int largestGrid)
    {
        var networks = Enumerable.Range(1, draws).Select(draw => new DrawnNetwork(draw, TlbForm.Paper, widest, largestGrid).Config).ToList();
        Assert.All(Enum.GetValues<TokenizerKind>(), kind => Has(network => network.Tokenizer == kind, $"{kind}"));
        Assert.All(Enum.GetValues<PositionKind>(), kind => Has(network => network.Positions == kind, $"{kind} positions"));
        Assert.All(Enum.GetValues<StateKind>(), kind => Has(network => network.StateKind == kind, $"{kind} states"));
        Assert.All(Enum.GetValues<ReadOutKind>(), kind => Has(network => network.ReadOut == kind, $"{kind} read out"));
        Assert.All(Enum.GetValues<ChunkOrder>(), order => Has(network => network.ChunkOrder == order, $"{order}"));
        Assert.All(Enumerable.Range(1, 3), heads => Has(network => network.NumberOfHeads == heads, $"{heads} heads"));
        Assert.All(Enumerable.Range(1, 3), r => Has(network => network.R == r, $"R of {r}"));
        Has(network => network.TokenCount % network.ChunkSize != 0, "a last chunk that is not full");
        Has(network => network.ChunkCount > 1 && network.TokenCount % network.ChunkSize == 0, "a chunk that divides the tokens");
        Has(network => network.ChunkCount > 2, "more than two chunks");
        Has(network => network.ChunkCount == 1, "one chunk");
        foreach (var kind in Enum.GetValues<TokenizerKind>())                 // attention is of more than one token, and of more than one vector
            Has(network => network is { ChunkSize: > 1, NumberOfStates: > 1, ChunkCount: > 1 } && network.Tokenizer == kind, $"{kind} in chunks of some tokens and with some state vectors");
        Assert.All([1, 3, 5], kernel => Has(network => ByConvolutions(network) && network.ConvolutionKernel == kernel, $"a kernel of {kernel}"));
        Assert.All([2, 3], pooling => Has(network => ByConvolutions(network) && network.ConvolutionPooling == pooling, $"pooling of {pooling}"));
        Has(network => ByConvolutions(network) && network.ConvolutionPairs > 0, "pairs of convolutions");
        Has(network => ByConvolutions(network) && network.ConvolutionLayers > 1, "two layers of convolutions");

        void Has(Func<TlbConfig, bool> what, string name) => Assert.True(networks.Exists(network => what(network)), $"None of {draws} networks has {name}.");

        static bool ByConvolutions(TlbConfig network) => network.Tokenizer == TokenizerKind.Convolutions;
    }
}
