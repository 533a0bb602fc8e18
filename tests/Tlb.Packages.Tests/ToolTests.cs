namespace Tlb.Packages.Tests;

/// <summary>The program as a .NET tool.</summary>
[Collection(SharedPackages.Name)]
public sealed class ToolTests(Packages packages)
{
    [Fact]
    public void It_is_installed_from_the_package_and_trains_scores_and_reports()
    {
        packages.Run(packages[""], "dotnet", "tool", "install", "Tlb.ML.Tool", "--tool-path", packages["tools"]);
        var tool = Directory.GetFiles(packages["tools"], "tlb-images*").Single();
        Assert.StartsWith("Trains a classifier on a folder of labelled images", packages.Run(packages[""], tool, "train", "--help"), StringComparison.Ordinal);
        Assert.Contains("tlb-images train --data <folder> --model <file> [options]", packages.Run(packages[""], tool, "train", "--help"), StringComparison.Ordinal);
        packages.Run(packages[""], tool, "train", "--data", "flowers", "--model", "tool.zip", "--epochs", "3", "--batch-size", "16", "--flip", "0", "--report", "report.html");
        packages.Run(packages[""], tool, "score", "--model", "tool.zip", "--data", "others", "--output", "tool.csv");
        Assert.Equal(1 + 12, File.ReadAllLines(packages["tool.csv"]).Length);
        packages.Run(packages[""], tool, "preview", "--data", "flowers", "--output", "sheet.png", "--count", "4");     // with what draws
        Assert.Contains("tlb-images train --data flowers", File.ReadAllText(packages["report.html"]), StringComparison.Ordinal);
    }
}
