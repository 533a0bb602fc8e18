using System.Xml.Linq;

namespace Tlb.Examples.ImageClassifier;

/// <summary>What pages in HTML are made of. LINQ to XML escapes texts.</summary>
internal static class Html
{
    /// <summary>An element with an end tag.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="content">Attributes, elements and texts; null for none.</param>
    public static XElement Element(string name, params object?[] content) => new(name, [.. content, ""]);   // an empty text, so that it gets an end tag

    /// <summary>An attribute.</summary>
    public static XAttribute Attribute(string name, object value) => new(name, value);

    /// <summary>An element of HTML without content and end tag.</summary>
    public static XElement Void(string name, params XAttribute[] attributes) => new(name, [.. attributes]);

    /// <summary>Writes a page.</summary>
    public static void Write(TextWriter writer, XElement html)
    {
        writer.WriteLine("<!DOCTYPE html>");
        writer.WriteLine(html.ToString(SaveOptions.DisableFormatting));
    }
}
