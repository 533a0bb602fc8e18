using System.Globalization;
using System.Text.RegularExpressions;

namespace Tlb.Core;

/// <summary>The checkpoints of one run in a folder: the newest few, each a file. One run writes to a folder at a time.</summary>
internal sealed partial class CheckpointFolder : IDisposable
{
    private const int Kept = 2;                                              // should the newest turn out torn, there is one before it

    private readonly string _path;
    private readonly FolderLock _lock;

    /// <summary>Opens a folder; it is made where it is missing.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="resume">Whether to go on from the checkpoints that are there; else there must be none.</param>
    /// <exception cref="InvalidDataException">There are checkpoints, and a new run was to begin.</exception>
    /// <exception cref="IOException">It can't be made, or another run writes to it; the message says whose.</exception>
    /// <exception cref="UnauthorizedAccessException">It can't be written to.</exception>
    public CheckpointFolder(string path, bool resume)
    {
        _path = Directory.CreateDirectory(path).FullName;
        _lock = new(_path);
        if (resume || !Files().Any())
            return;
        Dispose();
        throw new InvalidDataException($"CheckpointFolder '{path}' already holds checkpoints. Set Resume to go on from them, or give another folder.");
    }

    /// <summary>Opens the folder of a run; null where it writes no checkpoints.</summary>
    public static CheckpointFolder? Open(TrainingOptions options) => options.CheckpointFolder is { } path ? new(path, options.Resume) : null;

    /// <summary>Finds out whether a run will be able to write its checkpoints, before its images are read.</summary>
    public static void Check(TrainingOptions options) => Open(options)?.Dispose();

    /// <summary>The newest checkpoint of the run that can be read. What a process left that ended while it wrote one is deleted.</summary>
    /// <param name="run">What tells the run apart: checkpoints of others are refused.</param>
    /// <param name="warn">Hears of files that were refused.</param>
    /// <returns>Null where the folder has no checkpoints.</returns>
    /// <exception cref="InvalidDataException">There are checkpoints, and none can be used; the message says why of each.</exception>
    public Checkpoint? Load(IReadOnlyDictionary<string, string> run, Action<string>? warn)
    {
        foreach (var unfinished in Directory.EnumerateFiles(_path).Where(file => UnfinishedName().IsMatch(Path.GetFileName(file))).ToList())
            File.Delete(unfinished);
        var refused = new List<string>();
        foreach (var file in Files().Reverse())
        {
            try
            {
                var checkpoint = Checkpoint.Load(file);
                var differences = RunIdentity.Differences(checkpoint.Position.Run, run);
                if (differences.Count == 0)
                    return checkpoint;
                Refuse($"'{file}' is of another run: {string.Join(", ", differences)}.");
            }
            catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException or FormatException or ArgumentException or System.Text.Json.JsonException)
            {
                Refuse(e.Message.Contains(file, StringComparison.Ordinal) ? e.Message : $"'{file}' can't be read: {e.Message}");
            }
        }
        return refused.Count == 0
            ? null
            : throw new InvalidDataException($"No checkpoint can be resumed from. {string.Join(" ", refused)} Give the options and data of that run, or another CheckpointFolder.");

        void Refuse(string reason)
        {
            refused.Add(reason);
            warn?.Invoke($"Checkpoint refused: {reason}");
        }
    }

    /// <summary>Adds a checkpoint, and deletes those before it that are too old. Later ones that were refused stay.</summary>
    /// <exception cref="IOException">The disk is full, or the folder is gone. The checkpoints before it are as they were.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder can't be written to.</exception>
    public void Save(Checkpoint checkpoint)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"checkpoint-{checkpoint.Session.Step:D12}.safetensors");
        checkpoint.Save(Path.Combine(_path, name));
        foreach (var file in Files().TakeWhile(file => string.CompareOrdinal(Path.GetFileName(file), name) <= 0).SkipLast(Kept).ToList())
            File.Delete(file);
    }

    /// <summary>Lets others write to the folder.</summary>
    public void Dispose() => _lock.Dispose();

    /// <summary>The checkpoints, oldest first; a user's own files are not among them.</summary>
    private IOrderedEnumerable<string> Files() =>
        Directory.EnumerateFiles(_path).Where(file => Name().IsMatch(Path.GetFileName(file))).Order(StringComparer.Ordinal);

    [GeneratedRegex(@"^checkpoint-[0-9]{12}\.safetensors$")]
    private static partial Regex Name();

    [GeneratedRegex(@"^checkpoint-[0-9]{12}\.safetensors(\.[0-9a-f]{8})?\.part$")]
    private static partial Regex UnfinishedName();
}
