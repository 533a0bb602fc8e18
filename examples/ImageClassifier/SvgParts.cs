using System.Xml.Linq;

namespace Tlb.Examples.ImageClassifier;

/// <summary>What pictures in SVG are made of. LINQ to XML escapes texts, and writes numbers the same in every language.</summary>
internal static class SvgParts
{
    /// <summary>The namespace of its elements.</summary>
    public static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    /// <summary>The attributes of an element.</summary>
    public static IEnumerable<XAttribute> Attributes(params IEnumerable<(XName Name, object Value)> values) => values.Select(value => new XAttribute(value.Name, value.Value));
}
