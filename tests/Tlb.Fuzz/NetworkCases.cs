using Tlb.Core;
using Tlb.Cpu;
using Tlb.Tests;

namespace Tlb.Fuzz;

/// <summary>Odd networks that are valid are scored and trained in guarded memory, in registers of every width: no kernel leaves its arrays, and all agree.</summary>
internal sealed class NetworkCases(GuardedMemory? memory)
{
    // float32 beside the reference in double precision. Of networks this small a normalisation of a feature or two that are nearly alike
    // is steep: it makes much of rounding.
    private const float Tolerance = 0.02f;

    private static readonly int[] Widths = [4, 8, 16];

    /// <summary>Scores a network.</summary>
    public void Score(Random random)
    {
        var weights = Draw.Weights(Draw.Network(random), random);
        var batch = Draw.Images(weights.Config, random.Next(1, 20), random);
        var expected = Scores(weights, batch, beginsAtGuard: false);
        foreach (var value in expected)
        {
            if (value is not (>= 0 and <= 1))
                throw new CaseFailedException($"a probability is {value}: {weights.Config}");
        }
        var first = Scores(weights, batch, beginsAtGuard: true);
        Same(expected, first, weights.Config, "arrays that begin at a guard");
        Compare(weights, batch, expected);
        foreach (var width in Widths)
            Passes(weights, batch, width, expected);
    }

    /// <summary>Trains a network for two steps.</summary>
    public void Train(Random random)
    {
        var weights = Draw.Weights(Draw.Network(random), random);
        var batch = Draw.Images(weights.Config, random.Next(1, 20), random);
        if (random.Next(2) == 0)
            batch.Wildly(weights.Config.ImageSize, random.Next());
        var options = new SessionOptions
        {
            Seed = random.Next(),
            WeightDecay = random.Next(2) * 0.01f,
            LabelSmoothing = random.Next(2) * 0.1f,
            GradientClipNorm = random.Next(2) == 0 ? null : 0.5f,
            AverageDecay = random.Next(2) == 0 ? null : 0.9f,
        };
        Same(Trained(weights, batch, options, beginsAtGuard: false), Trained(weights, batch, options, beginsAtGuard: true), weights.Config, "training");
        foreach (var width in Widths)
            Tiles(weights, batch, width);
    }

    private float[] Scores(NetworkWeights weights, ImageBatch batch, bool beginsAtGuard)
    {
        Guard(beginsAtGuard);
        var (classes, tokens) = (weights.Config.NumberOfClasses, weights.Config.TokenCount);
        using var scorer = new CpuEngine().CreateScorer(weights);
        var together = new float[batch.Count * classes];
        scorer.Explain(batch, together, new float[batch.Count * tokens], new float[batch.Count * weights.Config.DistinctStates * tokens]);
        var alone = new float[together.Length];
        var one = new ImageBatch(batch.Layout, 1);
        for (var i = 0; i < batch.Count; i++)
        {
            one.Clear();
            batch.Image(i).CopyTo(one.Add(batch.Labels[i]));
            scorer.Score(one, alone.AsSpan(i * classes, classes));
        }
        Same(together, alone, weights.Config, "an image alone");
        return together;
    }

    /// <summary>The first image as the plain reference computes it, where it needs no resizing.</summary>
    private static void Compare(NetworkWeights weights, ImageBatch batch, ReadOnlySpan<float> expected)
    {
        var layout = batch.Layout;
        if (layout.Height != weights.Config.ImageSize || layout.Width != weights.Config.ImageSize || layout.PixelType != PixelType.Single || weights.Config.EmbeddingDimension < 4)
            return;
        var image = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(batch.Image(0)).ToArray();
        var reference = new TlbReference(weights).Classify(image).Probabilities;
        for (var c = 0; c < reference.Length; c++)
        {
            if (Math.Abs(reference[c] - expected[c]) > Tolerance)
                throw new CaseFailedException($"the reference gives class {c} {reference[c]}, the engine {expected[c]}: {weights.Config}");
        }
    }

    private void Passes(NetworkWeights weights, ImageBatch batch, int width, ReadOnlySpan<float> expected)
    {
        var (classes, tokens) = (weights.Config.NumberOfClasses, weights.Config.TokenCount);
        foreach (var beginsAtGuard in (bool[])[false, true])
        {
            Guard(beginsAtGuard);
            using var network = new FoldedNetwork(weights.Config);
            network.Fold(weights);
            foreach (var factory in (ILanesFactory<IScoringPass>[])[new ManyImages(network), new OneImage(network)])
            {
                using var pass = Registers.Create(width, factory);
                for (var first = 0; first < batch.Count; first += pass.Images)
                {
                    var count = Math.Min(pass.Images, batch.Count - first);
                    var actual = new float[count * classes];
                    pass.Score(batch, first, count, actual, new float[count * tokens], new float[count * network.Config.DistinctStates * tokens]);
                    for (var i = 0; i < actual.Length; i++)
                    {
                        if (!(Math.Abs(actual[i] - expected[first * classes + i]) <= Tolerance))
                            throw new CaseFailedException($"{width} lanes give {actual[i]} for {expected[first * classes + i]}: {weights.Config}");
                    }
                }
            }
        }
    }

    private float[] Trained(NetworkWeights weights, ImageBatch batch, SessionOptions options, bool beginsAtGuard)
    {
        Guard(beginsAtGuard);
        using var session = new CpuEngine().StartTraining(weights, options);
        for (var step = 0; step < 2; step++)
            session.RunStep(batch, 1e-3f);
        if (!double.IsFinite(session.ReadMetrics().Loss))
            throw new CaseFailedException($"the loss is {session.ReadMetrics().Loss}: {weights.Config}");
        var trained = new NetworkWeights(weights.Config);
        session.CopyWeightsTo(trained);
        return trained.Values;
    }

    private unsafe void Tiles(NetworkWeights weights, ImageBatch batch, int width)
    {
        foreach (var beginsAtGuard in (bool[])[false, true])
        {
            Guard(beginsAtGuard);
            var layout = new GradientLayout();
            using var network = new FoldedNetwork(weights.Config, layout);
            network.Fold(weights);
            using var trainer = Registers.Create(width, new TileTrainers(network, labelSmoothing: 0.1f));
            using var gradients = new AlignedFloats(layout.Count);
            var dropout = new StepDropout(weights.Config, seed: 1, step: 1, batch.Count);
            for (var first = 0; first < batch.Count; first += width)
                trainer.Run(batch, first, Math.Min(width, batch.Count - first), dropout, gradients.Pointer);
            network.Unfold(weights, gradients, new NetworkWeights(weights.Config));
        }
    }

    private void Guard(bool beginsAtGuard)
    {
        if (memory is not null)
            memory.BeginsAtGuard = beginsAtGuard;
    }

    private static void Same(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, TlbConfig config, string what)
    {
        for (var i = 0; i < expected.Length; i++)
        {
            if (BitConverter.SingleToInt32Bits(expected[i]) != BitConverter.SingleToInt32Bits(actual[i]))
                throw new CaseFailedException($"{what}: place {i} is {actual[i]}, expected {expected[i]} to the bit: {config}");
        }
    }
}
