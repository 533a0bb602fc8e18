using System.Xml.Linq;

namespace Tlb.Examples.ImageClassifier;

/// <summary>A file for a picture: SVG or PNG, by its extension; SVG where it has none.</summary>
internal sealed class PictureFile
{
    /// <summary>The extensions of the files that a picture can be written to.</summary>
    public static readonly string[] Extensions = [".svg", ".png"];

    private PictureFile(Output output) => Output = output;

    /// <summary>Where it is written.</summary>
    public Output Output { get; }

    /// <summary>Checks the path before the work whose result it is to hold.</summary>
    /// <param name="option">The option that named it.</param>
    /// <param name="path">The file.</param>
    public static PictureFile Check(string option, string path) => new(Output.Check(option, path, Extensions));

    /// <summary>The same, or standard output, for SVG.</summary>
    public static PictureFile CheckText(string option, string path) => new(Output.CheckText(option, path, Extensions));

    /// <summary>Writes a picture.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="svg">The picture.</param>
    public static void Write(Output output, XElement svg)
    {
        if (output.HasExtension(".png"))
            output.Write(stream => stream.Write(SvgRaster.ToPng(svg)));
        else
            output.WriteText(svg.Save);
    }

    /// <summary>Writes a picture.</summary>
    public void Write(XElement svg) => Write(Output, svg);
}
