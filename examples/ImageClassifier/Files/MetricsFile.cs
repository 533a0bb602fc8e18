using System.Xml.Linq;

namespace Tlb.Examples.ImageClassifier;

/// <summary>A file for metrics: a table or a drawing, by its extension; a table where it has none.</summary>
internal sealed class MetricsFile
{
    private static readonly string[] Extensions = [".csv", .. PictureFile.Extensions];

    private MetricsFile(Output output) => Output = output;

    /// <summary>Where it is written.</summary>
    public Output Output { get; }

    /// <summary>Checks the path before hours of training, not after.</summary>
    /// <param name="option">The option that named it.</param>
    /// <param name="path">The file.</param>
    public static MetricsFile Check(string option, string path) => new(Output.Check(option, path, Extensions));

    /// <summary>The same, or standard output.</summary>
    public static MetricsFile CheckText(string option, string path) => new(Output.CheckText(option, path, Extensions));

    /// <summary>Writes the file.</summary>
    /// <param name="writeTable">Writes a table.</param>
    /// <param name="draw">Draws as SVG.</param>
    public void Write(Action<TextWriter> writeTable, Func<string> draw)
    {
        if (Array.Exists(PictureFile.Extensions, Output.HasExtension))
            PictureFile.Write(Output, XElement.Parse(draw()));
        else
            Output.WriteText(writeTable);
        Console.WriteLine($"Wrote {Output}.");
    }
}
