using Tlb.Core;
using Tlb.Cpu;

namespace Tlb.Benchmarks;

/// <summary>The arithmetic of scoring an image, as the kernels do it.</summary>
internal static class Products
{
    /// <summary>The floating-point operations of all products of an image.</summary>
    public static double Of(TlbConfig config) => 2 * (Tokens(config) + (config.Form == TlbForm.Paper ? Paper(config) : KerasExample(config)));

    private static double Tokens(TlbConfig config) => config.Tokenizer == TokenizerKind.Patches
        ? (double)config.TokenCount * config.PatchSize * config.PatchSize * TlbConfig.Channels * config.EmbeddingDimension
        : Enumerable.Range(0, config.ConvolutionCount).Sum(i => Convolution(new(config, i)));

    private static double Convolution(ConvolutionShape shape) => (double)shape.Inputs * shape.Outputs * (shape.UsesWinograd
        ? Winograd.Numbers * Math.Pow((shape.Size + Winograd.TileSize - 1) / Winograd.TileSize, 2)
        : Math.Pow(shape.Kernel * shape.Size, 2));

    /// <summary>With folded attention and one state vector.</summary>
    private static double KerasExample(TlbConfig config)
    {
        double d = config.EmbeddingDimension, tokens = config.ChunkSize, heads = config.NumberOfHeads;
        var readers = Enumerable.Range(0, config.BlockCount).Count(config.ReadsState);
        double attention = 2 * heads * d * d, feedForward = 2 * config.FeedForwardExpansion * d * d;
        var chunk = config.BlockCount * tokens * (attention + feedForward)
            + readers * (heads * d * d + tokens * feedForward)
            + attention + feedForward;
        return config.ChunkCount * chunk;
    }

    /// <summary>Queries, keys, values, scores, what is read, outputs and feed-forward layers; and the classifier.</summary>
    private static double Paper(TlbConfig config)
    {
        double d = config.EmbeddingDimension, states = config.NumberOfStates;
        var plan = new NetworkPlan(config);
        var chunks = Enumerable.Range(0, config.ChunkCount).Sum(chunk => plan.Fast.Sum(block => Block(chunk, block))
            + (chunk < config.ChunkCount - 1 || config.ReadsFinalState ? plan.Slow.Sum(block => Block(chunk, block)) : 0));
        return chunks + (config.ReadsTokens ? 2 * config.TokenCount * d : 0) + config.ReadOutWidth * (double)config.NumberOfClasses;

        double Block(int chunk, BlockPlan block)
        {
            double asking = Count(block.Attention.Queries), answering = Count(block.Attention.Context);
            return asking * (2 + 2 * config.FeedForwardExpansion) * d * d + answering * 2 * d * d + 2 * asking * answering * d;

            double Count(TokenStream stream) => stream == TokenStream.Fast ? config.TokensOf(chunk) : states;
        }
    }
}
