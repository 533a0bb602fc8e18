using Tlb.Torch;

namespace Tlb.Cpu.Tests;

/// <summary>Every option of a session does what it says, with both engines.</summary>
public sealed class SessionOptionsTests
{
    private static readonly TlbConfig Config = TlbConfig.Tiny with { AttentionDropout = 0.1f, FeedForwardDropout = 0.1f };

    public static TheoryData<string> Engines => ["cpu", "torch"];

    [Theory]
    [MemberData(nameof(Engines))]
    public void A_session_goes_on_from_a_saved_state_to_the_same_bits(string engine)
    {
        var options = new SessionOptions { Seed = 3, WeightDecay = 0.1f, AverageDecay = 0.9f };
        using var first = Start(engine, Config, options);
        Steps(first, 3);
        var state = first.SaveState();
        Steps(first, 3, from: 3);
        using var second = Start(engine, Config, options);
        second.RestoreState(state);
        Steps(second, 3, from: 3);
        var (expected, actual) = (first.SaveState(), second.SaveState());
        Assert.Equal((expected.Step, expected.OptimizerStep, expected.Metrics), (actual.Step, actual.OptimizerStep, actual.Metrics));
        Assert.Equal(expected.Weights, actual.Weights);
        Assert.Equal(expected.Mean, actual.Mean);
        Assert.Equal(expected.Variance, actual.Variance);
        Assert.Equal(expected.Average!, actual.Average!);
        Assert.NotEqual(state.Weights, expected.Weights);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void A_state_of_another_network_or_without_the_average_is_refused(string engine)
    {
        using var small = Start(engine, Config, new());
        using var other = Start(engine, Config with { NumberOfClasses = 3 }, new());
        using var averaged = Start(engine, Config, new() { AverageDecay = 0.9f });
        Assert.Throws<ArgumentException>(() => other.RestoreState(small.SaveState()));
        Assert.Throws<ArgumentException>(() => averaged.RestoreState(small.SaveState()));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Only_matrices_decay_unless_all_weights_are_to(string engine)
    {
        const float Decay = 0.5f, Rate = 0.1f;
        var without = After(new());
        var matrices = After(new() { WeightDecay = Decay });
        var all = After(new() { WeightDecay = Decay, DecayAllWeights = true });
        foreach (var parameter in new ParameterLayout(TlbConfig.Tiny))
        {
            for (var i = parameter.Offset; i < parameter.Offset + parameter.Count; i++)
            {
                var decayed = without.Weights[i] - Rate * Decay * without.Initial[i];
                Assert.Equal(parameter.IsMatrix ? decayed : without.Weights[i], matrices.Weights[i], 1e-6f);   // a few roundings of numbers below 2
                Assert.Equal(decayed, all.Weights[i], 1e-6f);
            }
        }

        (float[] Initial, float[] Weights) After(SessionOptions options)
        {
            using var session = Start(engine, TlbConfig.Tiny, options);
            var initial = session.SaveState().Weights;
            session.RunStep(Batch(TlbConfig.Tiny, 1), Rate);
            return (initial, session.SaveState().Weights);
        }
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void A_long_gradient_is_clipped_and_a_short_one_is_not(string engine)
    {
        var free = Gradient(null);
        var norm = Math.Sqrt(free.Sum(value => (double)value * value));
        var clipped = Gradient((float)norm / 4);
        Assert.All(free.Zip(clipped), pair => Assert.Equal(pair.First / 4, pair.Second, 1e-5 * norm));
        Assert.Equal(free, Gradient((float)norm * 2));

        float[] Gradient(float? norm)
        {
            using var session = Start(engine, TlbConfig.Tiny, new() { GradientClipNorm = norm });
            session.RunStep(Batch(TlbConfig.Tiny, 1), 0.01f);
            return [.. session.SaveState().Mean.Select(value => value / 0.1f)];  // the first mean is a tenth of the gradient
        }
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void The_average_follows_the_weights_and_is_what_is_scored_and_copied(string engine)
    {
        using var session = Start(engine, TlbConfig.Tiny, new() { AverageDecay = 0.25f });
        var average = session.SaveState().Weights;
        for (var step = 1; step <= 4; step++)
        {
            session.RunStep(Batch(TlbConfig.Tiny, step), 0.05f);
            var decay = Math.Min(0.25f, (1f + step) / (10f + step));         // 2/11, 3/12, then 0.25
            var weights = session.SaveState().Weights;
            for (var i = 0; i < average.Length; i++)
                average[i] += (weights[i] - average[i]) * (1 - decay);
        }
        var copied = new NetworkWeights(TlbConfig.Tiny);
        session.CopyWeightsTo(copied);
        Assert.All(average.Zip(copied.Values), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));   // roundings of numbers below 2

        var (scored, expected) = (Scores(session), new float[4 * 10]);
        using var scorer = new CpuEngine().CreateScorer(copied);
        scorer.Score(Batch(TlbConfig.Tiny, 9), expected);
        Assert.All(expected.Zip(scored), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void The_loss_is_smoothed_and_weighted(string engine)
    {
        const float Smoothing = 0.2f;
        using var session = Start(engine, TlbConfig.Tiny, new() { LabelSmoothing = Smoothing });
        var batch = Batch(TlbConfig.Tiny, 9);
        float[] weights = [1, 0, 2.5f, 0.5f];
        weights.CopyTo(batch.Weights);
        var scores = Scores(session);
        session.RunStep(batch, 0);
        var expected = Enumerable.Range(0, 4).Sum(i => weights[i] * Enumerable.Range(0, 10).Sum(
            c => -(Smoothing / 10 + (c == batch.Labels[i] ? 1 - Smoothing : 0)) * Math.Log(scores[i * 10 + c])));
        Assert.Equal(expected, session.ReadMetrics().LossSum, 1e-4);         // some 40 logarithms of float32
        session.ResetMetrics();
        Assert.Equal(default, session.ReadMetrics());
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Parts_of_a_batch_make_the_step_of_the_whole(string engine)
    {
        var (whole, parts) = (After(null), After(3));
        Assert.All(whole.Zip(parts), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));   // the first mean is a tenth of the gradient, whose sums are ordered otherwise

        float[] After(int? size)
        {
            using var session = Start(engine, TlbConfig.Tiny, new() { MicroBatchSize = size });
            session.RunStep(Batch(TlbConfig.Tiny, 1, count: 8), 0.01f);
            return session.SaveState().Mean;
        }
    }

    private static ITrainingSession Start(string engine, TlbConfig config, SessionOptions options) =>
        (engine == "cpu" ? (IEngine)new CpuEngine() : new TorchEngine()).StartTraining(NetworkWeights.Initialize(config, 1), options);

    private static void Steps(ITrainingSession session, int count, int from = 0)
    {
        for (var step = from; step < from + count; step++)
            session.RunStep(Batch(Config, step), 0.01f);
    }

    private static float[] Scores(ITrainingSession session)
    {
        var scores = new float[4 * 10];
        session.Score(Batch(TlbConfig.Tiny, 9), scores);
        return scores;
    }

    private static ImageBatch Batch(TlbConfig config, int seed, int count = 4)
    {
        var batch = new ImageBatch(new() { Height = config.ImageSize, Width = config.ImageSize }, count);
        var random = new Random(seed);
        for (var i = 0; i < count; i++)
            random.NextBytes(batch.Add((i + seed) % config.NumberOfClasses));
        return batch;
    }
}
