using System.Text;
using Tlb.Tests;

namespace Tlb.Core.Tests;

public sealed class OutputFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tlb").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_file_is_there_when_it_is_whole_and_nothing_else_then()
    {
        OutputFile.WriteText(At("new.txt"), writer =>
        {
            writer.Write("whole");
            writer.Flush();
            Assert.False(File.Exists(At("new.txt")));
        });
        Assert.Equal("whole", File.ReadAllText(At("new.txt")));
        OutputFile.WriteText(At("new.txt"), writer => writer.Write("other"));
        Assert.Equal("other", File.ReadAllText(At("new.txt")));
        Assert.Equal(["new.txt"], Names());
    }

    [Fact]
    public void Where_writing_fails_the_file_stays_as_it_was()
    {
        File.WriteAllText(At("old.txt"), "old");
        Assert.Throws<InvalidOperationException>(() => OutputFile.WriteText(At("old.txt"), writer =>
        {
            writer.Write("half of");
            writer.Flush();
            throw new InvalidOperationException();
        }));
        Assert.Throws<InvalidOperationException>(() => OutputFile.Write(At("none.txt"), _ => throw new InvalidOperationException()));
        Assert.Equal("old", File.ReadAllText(At("old.txt")));
        Assert.Equal(["old.txt"], Names());
    }

    /// <summary>Under one name for all they wrote into each other's file, and the first to end took it from the other.</summary>
    [Fact]
    public void Two_who_write_one_file_at_a_time_do_not_mix_it()
    {
        OutputFile.WriteText(At("scores.csv"), first =>
        {
            first.Write("first");
            first.Flush();
            OutputFile.WriteText(At("scores.csv"), second => second.Write("second"));
            Assert.Equal("second", File.ReadAllText(At("scores.csv")));
            first.Write(", and to its end");
        });
        Assert.Equal("first, and to its end", File.ReadAllText(At("scores.csv")));
        Assert.Equal(["scores.csv"], Names());
    }

    [Fact]
    public void Files_that_look_unfinished_are_their_owners()
    {
        string[] own = ["scores.csv.part", "scores.part", "scores.part.csv", "scores.csv.00000000.part"];
        foreach (var name in own)
            File.WriteAllText(At(name), name);
        OutputFile.WriteText(At("scores.csv"), writer => writer.Write("scores"));
        Assert.ThrowsAny<Exception>(() => OutputFile.WriteText(At("scores.csv"), _ => throw new IOException()));
        Assert.All(own, name => Assert.Equal(name, File.ReadAllText(At(name))));
        Assert.Equal(own.Length + 1, Names().Count);
    }

    [Fact]
    public void Names_may_be_as_long_as_the_file_system_allows()
    {
        var name = new string('n', 255);
        OutputFile.Check(At(name));
        OutputFile.WriteText(At(name), writer => writer.Write("long"));
        Assert.Equal("long", File.ReadAllText(At(name)));
    }

    [Fact]
    public void A_file_that_only_its_owner_may_read_stays_so()
    {
        if (OperatingSystem.IsWindows())
            return;
        File.WriteAllText(At("mine.txt"), "old");
        File.SetUnixFileMode(At("mine.txt"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        OutputFile.WriteText(At("mine.txt"), writer => writer.Write("new"));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(At("mine.txt")));
    }

    [Theory]
    [InlineData("there.txt")]                                                // each a link that leads to it, over the one before
    [InlineData("relative")]
    [InlineData("absolute")]
    [InlineData("inner/up")]
    [InlineData("linked/up")]                                                // ".." of a linked folder is where the folder is
    public void A_link_stays_and_what_it_leads_to_is_replaced(string name)
    {
        if (OperatingSystem.IsWindows())
            return;                                                          // there not everyone may make links
        Directory.CreateDirectory(At("inner"));
        Directory.CreateDirectory(At("elsewhere/deep"));
        File.CreateSymbolicLink(At("relative"), "there.txt");
        File.CreateSymbolicLink(At("absolute"), At("relative"));
        File.CreateSymbolicLink(At("inner/up"), "../absolute");
        Directory.CreateSymbolicLink(At("elsewhere/deep/linked"), At("inner"));
        Directory.CreateSymbolicLink(At("linked"), "elsewhere/deep/linked");
        foreach (var text in new[] { "made", "replaced" })                   // the links lead to nothing at first
        {
            OutputFile.Check(At(name));
            OutputFile.WriteText(At(name), writer => writer.Write(text));
            Assert.Equal(text, File.ReadAllText(At("there.txt")));
            Assert.Null(new FileInfo(At("there.txt")).LinkTarget);
        }
        Assert.Equal("there.txt", new FileInfo(At("relative")).LinkTarget);
        Assert.Equal("../absolute", new FileInfo(At("inner/up")).LinkTarget);
        Assert.Equal(["absolute", "elsewhere", "inner", "linked", "relative", "there.txt"], Names());
        Assert.Equal(["up"], Directory.EnumerateFiles(At("inner")).Select(Path.GetFileName));
    }

    [Fact]
    public void Links_in_a_circle_are_refused()
    {
        if (OperatingSystem.IsWindows())
            return;
        File.CreateSymbolicLink(At("one"), "two");
        File.CreateSymbolicLink(At("two"), "one");
        Assert.Contains("leads back to itself", Assert.Throws<IOException>(() => OutputFile.Check(At("one"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_device_is_written_to_and_stays_one()
    {
        if (!OperatingSystem.IsLinux())
            return;
        File.CreateSymbolicLink(At("null"), "/dev/null");
        foreach (var path in new[] { "/dev/null", At("null") })
        {
            OutputFile.Check(path);
            OutputFile.WriteText(path, writer => writer.Write("gone"));
            Assert.True(UnixFile.IsSpecial(path));
        }
        Assert.Equal("/dev/null", new FileInfo(At("null")).LinkTarget);
        Assert.Contains("No space left", Assert.ThrowsAny<IOException>(() => OutputFile.WriteText("/dev/full", writer => writer.Write("x"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Whoever_reads_a_FIFO_gets_what_is_written()
    {
        if (OperatingSystem.IsWindows())
            return;
        using (var make = new ChildProcess("mkfifo", At("fifo")))
            Assert.Equal(0, make.ExitCode);
        using var reader = new ChildProcess("cat", At("fifo"));
        OutputFile.Check(At("fifo"));                                        // opens nothing: the reader would take it for the end
        OutputFile.WriteText(At("fifo"), writer => writer.Write("through"));
        Assert.Equal("through", reader.Output);
        Assert.Equal(["fifo"], Names());
    }

    /// <summary>ML.NET passes over errors in the last bytes of a zip.</summary>
    [Fact]
    public void A_write_that_failed_is_an_error_even_where_the_writer_took_no_notice()
    {
        if (!OperatingSystem.IsLinux())
            return;
        Assert.ThrowsAny<IOException>(() => OutputFile.Write("/dev/full", stream =>
        {
            try
            {
                stream.Write(Encoding.UTF8.GetBytes(new string('x', 100_000)));
            }
            catch (IOException)
            {
            }
        }));
    }

    [Fact]
    public void What_can_not_be_written_is_found_out_before()
    {
        File.WriteAllText(At("file"), "");
        File.WriteAllText(At("read-only"), "");
        File.SetAttributes(At("read-only"), FileAttributes.ReadOnly);
        Assert.Contains("is a folder; expected the path of a file", Assert.Throws<IOException>(() => OutputFile.Check(_folder)).Message, StringComparison.Ordinal);
        Assert.Contains($"The folder '{At("no/such")}' doesn't exist.", Assert.Throws<DirectoryNotFoundException>(() => OutputFile.Check(At("no/such/file"))).Message, StringComparison.Ordinal);
        Assert.Contains("doesn't exist", Assert.Throws<DirectoryNotFoundException>(() => OutputFile.Check(At("file/in-a-file"))).Message, StringComparison.Ordinal);
        if (!Environment.IsPrivilegedProcess)                                // nothing is read-only to root
            Assert.Contains("is read-only", Assert.Throws<UnauthorizedAccessException>(() => OutputFile.Check(At("read-only"))).Message, StringComparison.Ordinal);
        if (OperatingSystem.IsLinux())
            Assert.Contains("can't be written to", Assert.Throws<UnauthorizedAccessException>(() => OutputFile.Check("/sys/scores.csv")).Message, StringComparison.Ordinal);
        File.SetAttributes(At("read-only"), FileAttributes.Normal);
        OutputFile.Check(At("new"));
        OutputFile.Check(At("file"));
        Assert.Equal(["file", "read-only"], Names());
    }

    private string At(string name) => Path.Combine(_folder, name);

    private List<string?> Names() => [.. Directory.EnumerateFileSystemEntries(_folder).Select(Path.GetFileName).Order(StringComparer.Ordinal)];
}
