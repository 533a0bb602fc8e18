namespace Tlb.Cpu.Tests;

/// <summary>Scores and trains through the engine: the one place of these tests that knows its interface.</summary>
internal static class Run
{
    /// <summary>The probabilities of a batch, [images, classes].</summary>
    public static float[] Score(IScorer scorer, ImageBatch batch, int classes)
    {
        var probabilities = new float[batch.Count * classes];
        scorer.Score(batch, probabilities);
        return probabilities;
    }

    /// <summary>A scorer of all cores.</summary>
    public static IScorer Scorer(NetworkWeights weights) => new CpuEngine().CreateScorer(weights);

    /// <summary>A training.</summary>
    public static ITrainingSession Training(NetworkWeights weights, SessionOptions options) => new CpuEngine().StartTraining(weights, options);

    /// <summary>The mean loss of a training's first step, and its gradient by all weights.</summary>
    public static (double Loss, NetworkWeights Gradient) Gradient(NetworkWeights weights, ImageBatch batch, int seed = 1)
    {
        using var session = new CpuTrainingSession(weights, new() { Seed = seed });
        var loss = session.ComputeGradient(batch).Loss;
        return (loss, session.Gradient.Clone());
    }

    /// <summary>The weights that a few steps on a batch lead to.</summary>
    public static NetworkWeights Train(NetworkWeights weights, ImageBatch batch, int steps, int seed = 1)
    {
        using var session = Training(weights, new() { Seed = seed, WeightDecay = 0.01f });
        for (var step = 0; step < steps; step++)
            session.RunStep(batch, 1e-3f);
        var trained = new NetworkWeights(weights.Config);
        session.CopyWeightsTo(trained);
        return trained;
    }

    /// <summary>The mean loss of a batch and its gradient, computed with registers of one kind on this thread.</summary>
    /// <param name="kernels">The registers.</param>
    /// <param name="weights">The weights.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="seed">The seed of the dropouts.</param>
    public static unsafe (double Loss, NetworkWeights Gradient) Gradient(KernelSet kernels, NetworkWeights weights, ImageBatch batch, int seed = 1)
    {
        var layout = new GradientLayout();
        using var network = new FoldedNetwork(weights.Config, layout);
        network.Fold(weights);
        using var trainer = kernels.TileTrainer(network);
        using var gradients = new AlignedFloats(layout.Count);
        var dropout = new StepDropout(weights.Config, seed, step: 1, batch.Count);
        var metrics = default(BatchMetrics);
        for (var first = 0; first < batch.Count; first += kernels.Lanes)
            metrics += trainer.Run(batch, first, Math.Min(kernels.Lanes, batch.Count - first), dropout, gradients.Pointer);
        var gradient = new NetworkWeights(weights.Config);
        network.Unfold(weights, gradients, gradient);
        return (metrics.Loss, gradient);
    }
}
