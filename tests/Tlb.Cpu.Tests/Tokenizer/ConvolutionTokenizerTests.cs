namespace Tlb.Cpu.Tests;

public sealed class ConvolutionTokenizerTests
{
    /// <summary>Sizes of every kind, by hand: one pixel; sides that are odd again and again; runs of a window that fill six pairs of registers of any width; one channel; and enough channels for a change of basis.</summary>
    private static readonly TlbConfig[] Chosen =
    [
        Config(size: 1, layers: 1, pairs: 0, kernel: 1, channels: 1, pooling: 2, d: 1),
        Config(size: 1, layers: 3, pairs: 0, kernel: 3, channels: 5, pooling: 3, d: 8),
        Config(size: 2, layers: 2, pairs: 0, kernel: 15, channels: 3, pooling: 2, d: 3),
        Config(size: 13, layers: 3, pairs: 0, kernel: 3, channels: 8, pooling: 3, d: 16),
        Config(size: 5, layers: 2, pairs: 0, kernel: 15, channels: 11, pooling: 3, d: 9),
        Config(size: 6, layers: 2, pairs: 0, kernel: 5, channels: 41, pooling: 2, d: 40),
        Config(size: 8, layers: 2, pairs: 0, kernel: 3, channels: 32, pooling: 3, d: 96),
        Config(size: 1, layers: 2, pairs: 2, kernel: 3, channels: 5, pooling: 2, d: 8),
        Config(size: 9, layers: 2, pairs: 2, kernel: 3, channels: 2, pooling: 3, d: 9),
        Config(size: 13, layers: 3, pairs: 1, kernel: 3, channels: 3, pooling: 3, d: 16),
        Config(size: 8, layers: 1, pairs: 1, kernel: 3, channels: 32, pooling: 3, d: 96),
        Config(size: 25, layers: 3, pairs: 0, kernel: 3, channels: 17, pooling: 3, d: 20),
        Config(size: 9, layers: 2, pairs: 2, kernel: 3, channels: 16, pooling: 2, d: 33),
        Config(size: 3, layers: 3, pairs: 1, kernel: 3, channels: 19, pooling: 3, d: 21),
    ];

    public static TheoryData<string> Widths => KernelSet.Names;

    [Theory]
    [MemberData(nameof(Widths))]
    public void Forward_is_convolution_relu_and_the_largest_of_each_window(string width)
    {
        foreach (var draw in Draws(KernelSet.Of(width)))
        {
            var actual = draw.Run();
            for (var image = 0; image < draw.Images.Length; image++)
                Assert.Equal(Array.ConvertAll(draw.Plain(image).Tokens, value => (float)value), actual.Tokens[image]);
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Backward_adds_the_gradients_of_the_first_place_that_won(string width)
    {
        var ties = 0;
        foreach (var draw in Draws(KernelSet.Of(width)))
        {
            var actual = draw.Run();
            var expected = draw.Weights.Layout.Where(parameter => parameter.Name.StartsWith("tokenizer.", StringComparison.Ordinal))
                .ToDictionary(parameter => parameter.Name, parameter => new double[draw.Weights[parameter.Name].Length]);
            for (var image = 0; image < draw.Images.Length; image++)
            {
                var plain = draw.Plain(image);
                plain.AddGradients(Array.ConvertAll(draw.Gradients[image], value => (double)value), expected);
                ties += plain.Ties;
            }
            foreach (var (name, values) in expected)
                Assert.Equal(Array.ConvertAll(values, value => (float)value), actual.Gradients[name].ToArray());
        }
        Assert.True(ties > 100, "Hardly any two places are equal: which of them wins isn't tested.");
    }

    /// <summary>Bits, not only values: here numbers are rounded.</summary>
    [Theory]
    [MemberData(nameof(Widths))]
    public void An_image_alone_has_the_tokens_that_it_has_in_a_batch(string width)
    {
        foreach (var draw in Draws(KernelSet.Of(width), isExact: false))
            Assert.Equal(draw.Run().Tokens[0], draw.RunFirst());
    }

    /// <summary>ReLU must not turn a network that has diverged into one that answers.</summary>
    [Theory]
    [MemberData(nameof(Widths))]
    public void Tokens_of_weights_that_are_not_numbers_are_none(string width)
    {
        foreach (var draw in Draws(KernelSet.Of(width)))
        {
            draw.Weights["tokenizer.0.kernel"].Fill(float.NaN);
            Assert.All(draw.Run().Tokens, tokens => Assert.All(tokens, value => Assert.Equal(float.NaN, value)));
            Assert.All(draw.RunFirst(), value => Assert.Equal(float.NaN, value));
        }
    }

    /// <summary>Chosen sizes, and others at random. The same each time.</summary>
    private static IEnumerable<DrawnConvolutions> Draws(KernelSet kernels, bool isExact = true)
    {
        var random = new Random(5);
        var drawn = Enumerable.Range(0, 12).Select(_ => Config(
            size: random.Next(1, 15), layers: random.Next(1, 3), pairs: random.Next(2), kernel: 2 * random.Next(4) + 1, channels: random.Next(1, 12), pooling: random.Next(2, 4), d: random.Next(1, 20)));
        return Chosen.Concat(drawn).Select((config, i) => new DrawnConvolutions(kernels, config, i, isExact));
    }

    private static TlbConfig Config(int size, int layers, int pairs, int kernel, int channels, int pooling, int d) => TlbConfig.Base with
    {
        ImageSize = size,
        ConvolutionLayers = layers,
        ConvolutionPairs = pairs,
        ConvolutionKernel = kernel,
        ConvolutionChannels = channels,
        ConvolutionPooling = pooling,
        EmbeddingDimension = d,
        NumberOfHeads = 1,
        ChunkSize = 1,
    };
}
