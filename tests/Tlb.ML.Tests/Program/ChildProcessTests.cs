using Tlb.Tests;
using Xunit.Sdk;

namespace Tlb.ML.Tests;

/// <summary>That no process of the tests outlives its time.</summary>
public sealed class ChildProcessTests
{
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(1);

    [Fact]
    public void A_process_that_does_not_end_is_killed_with_all_it_started()
    {
        if (OperatingSystem.IsWindows())
            return;                                                          // there is no sh
        using var process = new ChildProcess(new("sh", ["-c", "trap '' INT TERM; sleep 1000 & echo begun; wait; sleep 1000"]), Short);
        Assert.Equal("begun", process.ReadLine());
        Assert.Null(process.ReadLine());                                     // the output is closed: no sleep is left that has it open
        var error = Assert.Throws<FailException>(() => process.ExitCode);
        Assert.Contains("A process had not ended after 1 s and was killed: sh -c trap", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("begun\n", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_process_ends_with_its_test()
    {
        if (OperatingSystem.IsWindows())
            return;
        int id;
        using (var process = new ChildProcess("sleep", "1000"))
            id = process.Id;
        using var look = new ChildProcess("kill", "-0", $"{id}");
        Assert.NotEqual(0, look.ExitCode);
    }

    [Fact]
    public void What_a_process_writes_is_read_by_line_and_whole()
    {
        if (OperatingSystem.IsWindows())
            return;
        using var process = new ChildProcess("sh", "-c", "echo one; echo error >&2; printf two; exit 3");
        Assert.Equal("one", process.ReadLine());
        Assert.Equal("two", process.ReadLine());
        Assert.Null(process.ReadLine());
        Assert.Equal("one\ntwoerror\n", process.Output);
        Assert.Equal(3, process.ExitCode);
    }
}
