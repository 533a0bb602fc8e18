using System.Text.Json;

namespace Tlb.ML.Tests;

/// <summary>The options of the runs in benchmarks/recipes.</summary>
public sealed class RecipeRunsTests
{
    /// <summary>
    /// What a file leaves out is as it is by default, and defaults change: what decides a result must be named. What is off unless it is asked for
    /// may be left out.
    /// </summary>
    [Fact]
    public void They_say_all_that_decides_the_result()
    {
        string[] deciding = ["network", "epoch", "batchSize", "optimizer", "learningRate", "learningRateSchedule", "weightDecay", "gradientClipNorm", "labelSmoothing", "augmentation"];
        var files = Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Recipes"), "options.json", SearchOption.AllDirectories);
        Assert.NotEmpty(files);
        Assert.All(files, file =>
        {
            var text = File.ReadAllText(file);
            Assert.Empty(TlbTrainer.Options.FromJson(text).Validate());
            using var document = JsonDocument.Parse(text);
            Assert.Empty(deciding.Except(document.RootElement.EnumerateObject().Select(member => member.Name)));
        });
    }
}
