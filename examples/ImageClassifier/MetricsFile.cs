namespace Tlb.Examples.ImageClassifier;

/// <summary>A file for metrics: a table or a drawing, by its extension.</summary>
internal sealed class MetricsFile
{
    private readonly string _path;
    private readonly bool _isTable;

    private MetricsFile(string path, bool isTable) => (_path, _isTable) = (path, isTable);

    /// <summary>Checks the path before hours of training, not after.</summary>
    /// <param name="option">The option that named it.</param>
    /// <param name="path">The file.</param>
    public static MetricsFile Check(string option, string path) => Path.GetExtension(path).ToUpperInvariant() switch
    {
        ".CSV" => new(ModelFiles.CheckTarget(path), isTable: true),
        ".SVG" => new(ModelFiles.CheckTarget(path), isTable: false),
        _ => throw new ArgumentException($"{option} is '{path}'; expected a file that ends in .csv or .svg."),
    };

    /// <summary>Writes the file.</summary>
    /// <param name="writeTable">Writes a table to a path.</param>
    /// <param name="draw">Draws as SVG.</param>
    public void Write(Action<string> writeTable, Func<string> draw)
    {
        if (_isTable)
            writeTable(_path);
        else
            File.WriteAllText(_path, draw());
        Console.WriteLine($"Wrote {_path}.");
    }
}
