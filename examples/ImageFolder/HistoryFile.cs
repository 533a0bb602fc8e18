using Tlb.Core;

namespace Tlb.Examples.ImageFolder;

/// <summary>Where the figures of a training run go: a table or curves.</summary>
internal sealed class HistoryFile
{
    private readonly string _path;
    private readonly bool _isTable;

    private HistoryFile(string path, bool isTable) => (_path, _isTable) = (path, isTable);

    /// <summary>Checks the path before hours of training, not after.</summary>
    public static HistoryFile Check(string path) => Path.GetExtension(path).ToUpperInvariant() switch
    {
        ".CSV" => new(ModelFiles.CheckTarget(path), isTable: true),
        ".SVG" => new(ModelFiles.CheckTarget(path), isTable: false),
        _ => throw new ArgumentException($"--history is '{path}'; expected a file that ends in .csv or .svg."),
    };

    public void Write(TrainingHistory history)
    {
        if (_isTable)
            history.WriteCsv(_path);
        else
            File.WriteAllText(_path, history.ToSvg());
        Console.WriteLine($"Wrote {_path}.");
    }
}
