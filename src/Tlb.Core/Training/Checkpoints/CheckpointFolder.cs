using System.Globalization;

namespace Tlb.Core;

/// <summary>The checkpoints of one run in a folder: the newest few, each a file.</summary>
internal sealed class CheckpointFolder
{
    private const int Kept = 2;                                              // should the newest turn out torn, there is one before it
    private const string Prefix = "checkpoint-";
    private const string Extension = ".safetensors";

    private readonly string _path;

    /// <summary>Opens a folder; it is made where it is missing.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="run">What tells the run apart: checkpoints of others are refused.</param>
    public CheckpointFolder(string path, IReadOnlyDictionary<string, string> run) => (_path, Run) = (Directory.CreateDirectory(path).FullName, run);

    /// <summary>What tells the run apart.</summary>
    public IReadOnlyDictionary<string, string> Run { get; }

    /// <summary>The newest checkpoint of the run that can be read. What a process left that ended while it wrote one is deleted.</summary>
    /// <param name="log">Hears of files that were refused.</param>
    /// <returns>Null where the folder has no checkpoints.</returns>
    /// <exception cref="InvalidDataException">There are checkpoints, and none can be used; the message says why of each.</exception>
    public Checkpoint? Load(Action<string>? log)
    {
        foreach (var unfinished in Directory.EnumerateFiles(_path, $"{Prefix}*{Checkpoint.Unfinished}"))
            File.Delete(unfinished);
        var refused = new List<string>();
        foreach (var file in Files().Reverse())
        {
            try
            {
                var checkpoint = Checkpoint.Load(file);
                var differences = Run.Where(entry => !checkpoint.Position.Run.TryGetValue(entry.Key, out var value) || value != entry.Value)
                    .Select(entry => $"{entry.Key} was {checkpoint.Position.Run.GetValueOrDefault(entry.Key, "not known")} and is {entry.Value}").ToList();
                if (differences.Count == 0)
                    return checkpoint;
                Refuse($"'{file}' is of another run: {string.Join(", ", differences)}.");
            }
            catch (Exception e) when (e is InvalidDataException or IOException or FormatException or ArgumentException or System.Text.Json.JsonException)
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
            log?.Invoke($"Checkpoint refused: {reason}");
        }
    }

    /// <summary>Whether there are checkpoints, of whatever run.</summary>
    public bool HasAny => Files().Any();

    /// <summary>Adds a checkpoint, and deletes those that are too old.</summary>
    public void Save(Checkpoint checkpoint)
    {
        checkpoint.Save(Path.Combine(_path, string.Create(CultureInfo.InvariantCulture, $"{Prefix}{checkpoint.Session.Step:D12}{Extension}")));
        foreach (var file in Files().SkipLast(Kept))
            File.Delete(file);
    }

    /// <summary>The files, oldest first.</summary>
    private IOrderedEnumerable<string> Files() => Directory.EnumerateFiles(_path, $"{Prefix}*{Extension}").Order(StringComparer.Ordinal);
}
