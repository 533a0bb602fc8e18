namespace Tlb.Core.Tests;

public sealed class ClassificationMetricsTests
{
    private static readonly TlbConfig SevenClasses = TlbConfig.Tiny with { NumberOfClasses = 7 };

    [Fact]
    public void The_fifth_most_probable_class_counts_for_top_5_and_the_sixth_does_not()
    {
        // The classes from the most probable to the least: 4, 0, 6, 1, 2, 5, 3.
        var engine = new RecordingEngine { Probabilities = [0.2f, 0.13f, 0.1f, 0.05f, 0.3f, 0.07f, 0.15f] };
        var validation = new ImageSet(new() { Height = 1, Width = 1 });
        foreach (var label in new[] { 4, 2, 5, 4 })                          // ranks 1, 5, 6 and 1
            validation.Add([0, 0, 0], label);
        var trained = new Trainer(engine, new() { Epoch = 1, BatchSize = 3 }).Fit(NetworkWeights.Initialize(SevenClasses, 1), TrainingRunTests.Images(3), validation, seed: 1);
        var epoch = Assert.Single(trained.History.Epochs);
        Assert.Equal((2 / 4.0, 3 / 4.0), (epoch.ValidationAccuracy, epoch.ValidationTop5Accuracy));
        Assert.Equal(1 / 3.0, epoch.ValidationMacroAccuracy);                // class 4 always, classes 2 and 5 never
        Assert.Equal(-Math.Log(0.3 * 0.1 * 0.07 * 0.3) / 4, epoch.ValidationLoss!.Value, 1e-6); // probabilities are float32
    }
}
