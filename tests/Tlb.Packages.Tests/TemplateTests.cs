using System.Text.RegularExpressions;

namespace Tlb.Packages.Tests;

/// <summary>The project template.</summary>
[Collection(SharedPackages.Name)]
public sealed class TemplateTests(Packages packages)
{
    [Fact]
    public void A_new_project_builds_trains_and_predicts()
    {
        string[] hive = ["--debug:custom-hive", packages["hive"]];
        packages.Run(packages[""], "dotnet", ["new", "install", Directory.GetFiles(packages["feed"], "Tlb.ML.Templates.*.nupkg").Single(), .. hive]);
        packages.Run(packages[""], "dotnet", ["new", "tlb", "-n", "Weeds", .. hive]);
        var project = packages["Weeds"];
        Assert.Equal(["Program.cs", "Weeds.csproj", "WeedsModel.consumption.cs", "WeedsModel.training.cs"], Directory.GetFiles(project).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        var built = packages.Run(project, "dotnet", "build", "-warnaserror");
        Assert.Contains("0 Warning(s)", built, StringComparison.Ordinal);
        var trained = packages.Run(project, "dotnet", "run", "--no-build", "--", "train", "../flowers", "3");
        Assert.Contains("epoch 3 of 3: loss", trained, StringComparison.Ordinal);
        var predicted = packages.Run(project, "dotnet", "run", "--no-build", "--", "predict", "../others/left/000.png");
        Assert.Equal(3, Regex.Count(predicted, @"(?m)^ *[\d.]+ ?%  (left|middle|right)$"));
    }
}
