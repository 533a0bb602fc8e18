using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Tlb.ML.Tests;

/// <summary>The options of the runs in benchmarks/recipes.</summary>
public sealed partial class RecipeRunsTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Recipes");

    /// <summary>
    /// What a file leaves out is as it is by default, and defaults change: what decides a result must be named. What is off unless it is asked for
    /// may be left out.
    /// </summary>
    [Fact]
    public void They_say_all_that_decides_the_result()
    {
        string[] deciding = ["network", "epoch", "batchSize", "optimizer", "learningRate", "learningRateSchedule", "weightDecay", "gradientClipNorm", "labelSmoothing", "augmentation"];
        var files = Directory.GetFiles(Folder, "options.json", SearchOption.AllDirectories);
        Assert.NotEmpty(files);
        Assert.All(files, file =>
        {
            var text = File.ReadAllText(file);
            Assert.Empty(TlbTrainer.Options.FromJson(text).Validate());
            using var document = JsonDocument.Parse(text);
            Assert.Empty(deciding.Except(document.RootElement.EnumerateObject().Select(member => member.Name)));
        });
    }

    /// <summary>A run can't be repeated where its options have come to mean another network.</summary>
    [Fact]
    public void Their_networks_have_as_many_parameters_as_the_table_says()
    {
        var rows = Row().Matches(File.ReadAllText(Path.Combine(Folder, "README.md")))
            .ToDictionary(row => row.Groups["run"].Value, row => long.Parse(row.Groups["parameters"].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture));
        var networks = Directory.GetDirectories(Folder).ToDictionary(
            folder => Path.GetFileName(folder),
            folder => TlbTrainer.Options.FromJson(File.ReadAllText(Path.Combine(folder, "options.json"))).Network ?? TlbConfig.Base);
        Assert.Equal(networks.Keys.Order(), rows.Keys.Order());
        Assert.All(networks, network => Assert.Equal(rows[network.Key], new ParameterLayout(network.Value).ValueCount));
    }

    [GeneratedRegex(@"^\| `(?<run>[\w.-]+)`.*\| (?<parameters>[\d,]+) \|[^|]*\|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
