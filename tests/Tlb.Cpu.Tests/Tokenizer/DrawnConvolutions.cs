namespace Tlb.Cpu.Tests;

/// <summary>Convolutions with weights, a tile of images and gradients of their tokens, all drawn at random, and what the kernels make of them.</summary>
internal sealed unsafe class DrawnConvolutions
{
    private readonly KernelSet _kernels;
    private readonly Random _random;
    private readonly bool _isExact;

    /// <summary>Draws.</summary>
    /// <param name="kernels">The kernels.</param>
    /// <param name="config">The network.</param>
    /// <param name="draw">The number of the draw.</param>
    /// <param name="isExact">
    /// Whether numbers are few and round, so that no sum is rounded, in whatever order: then plain loops give the same bits, and places of
    /// a pooling are often equal.
    /// </param>
    public DrawnConvolutions(KernelSet kernels, TlbConfig config, int draw, bool isExact)
    {
        (_kernels, Config, _random, _isExact) = (kernels, config, new(draw), isExact);
        Weights = NetworkWeights.Initialize(config, draw);
        foreach (var parameter in Weights.Layout.Where(parameter => parameter.Name.StartsWith("tokenizer.", StringComparison.Ordinal)))
            foreach (ref var value in Weights[parameter.Name])
                value = Number();
        Images = [.. Enumerable.Range(0, kernels.Lanes).Select(_ => Numbers(config.ImageSize * config.ImageSize * TlbConfig.Channels))];
        Gradients = [.. Enumerable.Range(0, kernels.Lanes).Select(_ => Numbers(config.TokenCount * config.EmbeddingDimension))];
        Array.Clear(Gradients[^1]);                                          // as of a lane without an image
    }

    public TlbConfig Config { get; }

    public NetworkWeights Weights { get; }

    /// <summary>The images, one for each lane, [S, S, 3].</summary>
    public float[][] Images { get; }

    /// <summary>The gradients of their tokens, [N, D].</summary>
    public float[][] Gradients { get; }

    /// <summary>What plain loops make of an image.</summary>
    public PlainConvolutions Plain(int image) => new(Weights, Images[image]);

    /// <summary>The tokens of all images, [N, D] each, and the gradients of the weights.</summary>
    public (float[][] Tokens, NetworkWeights Gradients) Run() => _kernels.Create(new Tile(this));

    /// <summary>The tokens of the first image, alone, [N, D].</summary>
    public float[] RunFirst() => _kernels.Create(new Alone(this));

    private float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => Number())];

    private float Number() => _isExact ? _random.Next(-2, 3) / 2f : 2 * _random.NextSingle() - 1;

    /// <summary>The images side by side, forward and back; the second time, so that what the first left could do harm.</summary>
    private sealed class Tile(DrawnConvolutions draw) : ILanesFactory<(float[][], NetworkWeights)>
    {
        public (float[][], NetworkWeights) Create<L>() where L : unmanaged, ILanes<L>
        {
            var (config, weights) = (draw.Config, draw.Weights);
            using var memory = new TestMemory(1);
            using var work = new WorkMemory();
            var layout = new GradientLayout();
            layout.Add(1, 3);                                                // so that the layers do not begin at 0
            using var layers = new FoldedConvolutions(config, layout);
            var end = layout.Add(1, 3);
            layers.Fold(weights);
            var tokenizer = new ConvolutionTokenizer<L>(layers, work, keepForBackward: true);
            int d = config.EmbeddingDimension, stride = PackedMatrix.Pad(d) * L.Count, values = draw.Images[0].Length;
            float* images = memory.Random(values * L.Count), tokenGradient = memory.RandomColumns(config.TokenCount, d * L.Count, stride);
            var gradients = memory.Allocate(layout.Count);
            new Span<float>(gradients, layout.Count).Clear();
            tokenizer.Forward(images);
            tokenizer.Backward(tokenGradient, gradients);
            for (var lane = 0; lane < L.Count; lane++)
            {
                for (var i = 0; i < values; i++)
                    images[i * L.Count + lane] = draw.Images[lane][i];
                for (var i = 0; i < config.TokenCount * d; i++)
                    tokenGradient[i / d * stride + i % d * L.Count + lane] = draw.Gradients[lane][i];
            }
            new Span<float>(gradients, layout.Count).Clear();
            tokenizer.Forward(images);
            tokenizer.Backward(tokenGradient, gradients);
            var once = NetworkWeights.Initialize(config, 1);
            layers.Unfold(new(gradients, layout.Count), once);
            tokenizer.Backward(tokenGradient, gradients);
            var twice = NetworkWeights.Initialize(config, 1);
            layers.Unfold(new(gradients, layout.Count), twice);
            foreach (var parameter in weights.Layout.Where(parameter => draw._isExact && parameter.Name.StartsWith("tokenizer.", StringComparison.Ordinal)))
                for (var i = 0; i < once[parameter.Name].Length; i++)
                    Assert.Equal(2 * once[parameter.Name][i], twice[parameter.Name][i]); // added to what was there
            Assert.All(new Span<float>(gradients, 3).ToArray(), value => Assert.Equal(0, value));
            Assert.All(new Span<float>(gradients + end.Offset, 3).ToArray(), value => Assert.Equal(0, value));
            for (var t = 0; t < config.TokenCount && float.IsFinite(weights["tokenizer.0.kernel"][0]); t++)
                Assert.All(new Span<float>(tokenizer.Tokens + t * stride + d * L.Count, stride - d * L.Count).ToArray(), value => Assert.Equal(0, value));
            return ([.. Enumerable.Range(0, L.Count).Select(lane => Tokens(tokenizer.Tokens, config, token => token * stride + lane, L.Count))], once);
        }
    }

    private sealed class Alone(DrawnConvolutions draw) : ILanesFactory<float[]>
    {
        public float[] Create<L>() where L : unmanaged, ILanes<L>
        {
            var config = draw.Config;
            using var memory = new TestMemory(1);
            using var work = new WorkMemory();
            using var layers = new FoldedConvolutions(config, null);
            layers.Fold(draw.Weights);
            var tokenizer = new OneImageTokenizer<L>(layers, work);
            int stride = PackedMatrix.Pad(config.EmbeddingDimension) * L.Count, values = draw.Images[0].Length;
            var images = memory.Random(values * L.Count);
            tokenizer.Forward(images);
            for (var i = 0; i < values; i++)
                images[i * L.Count] = draw.Images[0][i];
            tokenizer.Forward(images);
            return Tokens(tokenizer.Tokens, config, token => token / L.Count * stride + token % L.Count, L.Count);
        }
    }

    /// <summary>Tokens that lie with their features so far apart, [N, D].</summary>
    private static float[] Tokens(float* from, TlbConfig config, Func<int, int> place, int apart)
    {
        var d = config.EmbeddingDimension;
        var tokens = new float[config.TokenCount * d];
        for (var i = 0; i < tokens.Length; i++)
            tokens[i] = from[place(i / d) + i % d * apart];
        return tokens;
    }
}
