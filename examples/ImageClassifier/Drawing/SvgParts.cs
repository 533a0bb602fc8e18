using System.Xml.Linq;
using Microsoft.ML.Data;

namespace Tlb.Examples.ImageClassifier;

/// <summary>What pictures in SVG are made of. LINQ to XML escapes texts, and writes numbers the same in every language.</summary>
/// <remarks>
/// Colours are given as attributes, and named by classes, by which a page in the dark can take others: <c>paper</c> behind everything,
/// <c>ink</c> and the paler <c>soft</c> of texts, <c>grid</c> of thin lines, <c>cell</c> and <c>on-cell</c> of filled places.
/// </remarks>
internal static class SvgParts
{
    /// <summary>The namespace of its elements.</summary>
    public static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    /// <summary>A picture: white, with texts in a sans-serif font.</summary>
    public static XElement Picture(double width, double height, int fontSize) => Element(
        "svg", ("width", width), ("height", height), ("viewBox", FormattableString.Invariant($"0 0 {width} {height}")), ("font-family", "sans-serif"), ("font-size", fontSize))
        .With(Element("rect", ("class", "paper"), ("width", "100%"), ("height", "100%"), ("fill", "white")));

    /// <summary>An element.</summary>
    public static XElement Element(string name, params IEnumerable<(XName Name, object Value)> attributes) => new(Svg + name, attributes.Select(attribute => new XAttribute(attribute.Name, attribute.Value)));

    /// <summary>A text; black unless an attribute says otherwise.</summary>
    public static XElement Text(string text, double x, double y, params IEnumerable<(XName Name, object Value)> attributes) => Element("text", [("class", "ink"), ("x", x), ("y", y), .. attributes]).With(text);

    /// <summary>A text of less weight.</summary>
    public static XElement SoftText(string text, double x, double y, params IEnumerable<(XName Name, object Value)> attributes) => Element("text", [("class", "soft"), ("x", x), ("y", y), ("fill", "#444444"), .. attributes]).With(text);

    /// <summary>A square picture made of pixels.</summary>
    public static XElement Image(double x, double y, double size, MLImage picture, params IEnumerable<(XName Name, object Value)> attributes) => Element(
        "image", [("x", x), ("y", y), ("width", size), ("height", size), ("image-rendering", "pixelated"), ("href", $"data:image/png;base64,{Convert.ToBase64String(Png.Encode(picture))}"), .. attributes]);

    /// <summary>A text of so many characters at most.</summary>
    public static string Short(string text, int longest) => text.Length <= longest ? text : text[..(longest - 1)] + "…";

    /// <summary>Adds to an element what is not null.</summary>
    /// <returns>The element.</returns>
    public static XElement With(this XElement element, params object?[] content)
    {
        element.Add(content);
        return element;
    }
}
