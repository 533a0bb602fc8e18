using System.Globalization;
using Tlb.Tests;

namespace Tlb.ML.Tests;

/// <summary>The soak of the benchmarks, for seconds: results stay right, and no handle, thread or tensor is left behind. Memory takes minutes to settle.</summary>
public sealed class SoakTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Everything_at_once_gives_the_right_results_and_leaves_nothing_behind()
    {
        using var soak = Start(seconds: 12, leak: "nothing");
        Assert.True(soak.ExitCode == 0, soak.Output);
        Assert.EndsWith("All results were right, and nothing grew." + Environment.NewLine, soak.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("handles", "open handles grew from ")]
    [InlineData("tensors", "tensors of TorchSharp grew from ")]
    public void A_leak_is_found(string kind, string message)
    {
        using var soak = Start(seconds: 3, kind);
        Assert.True(soak.ExitCode == 1, soak.Output);
        Assert.Contains(message, soak.Output, StringComparison.Ordinal);
    }

    private ChildProcess Start(int seconds, string leak) => new(
        "dotnet", Path.Combine(AppContext.BaseDirectory, "Tlb.Benchmarks.dll"), "soak", "--work", _folder.Path,
        "--minutes", (seconds / 60.0).ToString(CultureInfo.InvariantCulture), "--leak", leak);
}
