using System.Diagnostics;
using System.Text.Json;
using Tlb.Core;

namespace Tlb.Examples.ImageClassifier;

/// <summary>
/// What is done of a scoring that may be interrupted, in a folder beside its output: the rows so far, the images that can't be read, and a
/// journal, which says how much of both is whole and where in the list to go on.
/// </summary>
internal sealed class UnfinishedScores : IDisposable
{
    /// <summary>What a kill costs at most, and how often a disk is waited for.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly string _folder;
    private readonly string _journal;
    private readonly FolderLock _lock;
    private readonly IReadOnlyDictionary<string, string> _run;
    private readonly Stopwatch _sinceCommit = Stopwatch.StartNew();

    /// <summary>Begins one, or goes on with that of an earlier process.</summary>
    /// <param name="output">The output.</param>
    /// <param name="run">What the rows depend on.</param>
    /// <param name="columns">The columns of the table.</param>
    /// <exception cref="IOException">Another process is at it.</exception>
    /// <exception cref="InvalidDataException">The earlier one was of another run, or is damaged.</exception>
    public UnfinishedScores(Output output, IReadOnlyDictionary<string, string> run, IReadOnlyList<Column> columns)
    {
        _folder = $"{output.Path}.unfinished";
        _journal = Path.Combine(_folder, "journal.json");
        _run = run;
        Directory.CreateDirectory(_folder);
        _lock = new(_folder);
        try
        {
            var entry = ReadJournal();
            (Done, Counts) = (entry.Done, entry.Counts);
            Rows = new(Path.Combine(_folder, "rows"), columns, entry.RowBytes);
            Bad = new(Path.Combine(_folder, "bad"), ScoreTable.BadColumns, entry.BadBytes);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>How many images of the list are done.</summary>
    public int Done { get; private set; }

    /// <summary>What was counted in them.</summary>
    public ScoreCounts Counts { get; }

    /// <summary>The rows.</summary>
    public RowFile Rows { get; } = null!;

    /// <summary>The images that can't be read.</summary>
    public RowFile Bad { get; } = null!;

    /// <summary>Says how many images are done. Now and then it is put down.</summary>
    public void Advance(int done)
    {
        Done = done;
        if (_sinceCommit.Elapsed >= Interval)
            Commit();
    }

    /// <summary>Sees to it that all that is done stays so, whatever happens.</summary>
    public void Commit()
    {
        var entry = new Entry(_run, Done, Rows.Flush(), Bad.Flush(), Counts);
        OutputFile.Write(_journal, stream => JsonSerializer.Serialize(stream, entry));
        _sinceCommit.Restart();
    }

    /// <summary>Deletes it: the output is complete.</summary>
    public void Delete()
    {
        if (OperatingSystem.IsWindows())
            Dispose();                                                       // there what is open can't be deleted
        Directory.Delete(_folder, recursive: true);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Rows?.Dispose();
        Bad?.Dispose();
        _lock.Dispose();
    }

    private Entry ReadJournal()
    {
        if (!File.Exists(_journal))
            return new(_run, 0, 0, 0, new());
        Entry? entry;
        try
        {
            using var stream = File.OpenRead(_journal);
            entry = JsonSerializer.Deserialize<Entry>(stream);
        }
        catch (JsonException)
        {
            entry = null;
        }
        if (entry is not { Run: not null, Counts: not null })
            throw new InvalidDataException($"'{_journal}' is damaged. Delete its folder to begin anew.");
        if (RunIdentity.Difference(_run, entry.Run) is { } difference)
            throw new InvalidDataException($"'{_folder}' is of another run: {difference}. Give what was given then to go on, or delete the folder to begin anew.");
        return entry;
    }

    private sealed record Entry(IReadOnlyDictionary<string, string> Run, int Done, long RowBytes, long BadBytes, ScoreCounts Counts);
}
