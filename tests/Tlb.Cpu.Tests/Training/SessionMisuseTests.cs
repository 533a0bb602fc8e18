using Tlb.Torch;

namespace Tlb.Cpu.Tests;

/// <summary>What no session can do ends in an exception that says so, with both engines.</summary>
public sealed class SessionMisuseTests
{
    private static readonly TlbConfig Config = TlbConfig.Tiny with { AttentionDropout = 0.1f };

    public static TheoryData<string> Engines => ["cpu", "torch"];

    [Theory]
    [MemberData(nameof(Engines))]
    public void A_disposed_session_says_so(string engine)
    {
        var session = Start(engine);
        var state = session.SaveState();
        session.Dispose();
        Assert.Throws<ObjectDisposedException>(() => session.RunStep(Batch(1), 0.01f));
        Assert.Throws<ObjectDisposedException>(() => session.Score(Batch(1), new float[10]));
        Assert.Throws<ObjectDisposedException>(() => session.CopyWeightsTo(new(Config)));
        Assert.Throws<ObjectDisposedException>(() => session.ReadMetrics());
        Assert.Throws<ObjectDisposedException>(() => session.ResetMetrics());
        Assert.Throws<ObjectDisposedException>(() => session.SaveState());
        Assert.Throws<ObjectDisposedException>(() => session.RestoreState(state));
        session.Dispose();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void A_disposed_scorer_says_so(string engine)
    {
        var scorer = Engine(engine).CreateScorer(NetworkWeights.Initialize(Config, 1));
        scorer.Dispose();
        Assert.Throws<ObjectDisposedException>(() => scorer.Score(Batch(1), new float[10]));
        Assert.Throws<ObjectDisposedException>(() => scorer.Explain(Batch(1), new float[10], new float[Config.TokenCount]));
        scorer.Dispose();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void A_step_needs_images_of_known_classes_and_a_rate(string engine)
    {
        using var session = Start(engine);
        var before = session.SaveState();
        Assert.StartsWith("The batch is empty; a step needs an image or more.", Assert.Throws<ArgumentException>(() => session.RunStep(Batch(0), 0.01f)).Message, StringComparison.Ordinal);
        Assert.StartsWith("An image of the batch has class 10; the network has 10 classes, numbered from 0.", Assert.Throws<ArgumentException>(() => session.RunStep(Batch(2, label: 10), 0.01f)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => session.RunStep(Batch(2, label: -1), 0.01f));
        foreach (var rate in new[] { float.NaN, float.PositiveInfinity, -0.1f })
            Assert.StartsWith("A learning rate is a finite number, 0 or more.", Assert.Throws<ArgumentOutOfRangeException>(() => session.RunStep(Batch(2), rate)).Message, StringComparison.Ordinal);
        Assert.Equal(before.Weights, session.SaveState().Weights);
        Assert.Equal((before.Step, before.Metrics), (session.SaveState().Step, session.SaveState().Metrics));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Results_need_a_place_of_their_size(string engine)
    {
        using var session = Start(engine);
        foreach (var room in new[] { 19, 21 })
            Assert.Equal($"Room for {room} probabilities; expected 2 x 10. (Parameter 'probabilities')", Assert.Throws<ArgumentException>(() => session.Score(Batch(2), new float[room])).Message);
        var other = new NetworkWeights(Config with { NumberOfClasses = 3 });
        Assert.StartsWith("The weights are of another network", Assert.Throws<ArgumentException>(() => session.CopyWeightsTo(other)).Message, StringComparison.Ordinal);
        Assert.All(other.Values, value => Assert.Equal(0, value));
        session.CopyWeightsTo(new(Config with { AttentionDropout = 0 }));    // a dropout is no part of the weights
    }

    private static IEngine Engine(string name) => name == "cpu" ? new CpuEngine() : new TorchEngine();

    private static ITrainingSession Start(string engine) => Engine(engine).StartTraining(NetworkWeights.Initialize(Config, 1), new());

    private static ImageBatch Batch(int count, int label = 0)
    {
        var batch = new ImageBatch(new() { Height = Config.ImageSize, Width = Config.ImageSize }, 2);
        for (var i = 0; i < count; i++)
            batch.Add(label).Fill((byte)i);
        return batch;
    }
}
