using System.Text.RegularExpressions;

namespace Tlb.Examples.ImageClassifier;

/// <summary>A path with wildcards: <c>*</c> and <c>?</c> for letters of a name, <c>**</c> for folders at any depth.</summary>
internal sealed class Glob
{
    private static readonly char[] Wildcards = ['*', '?'];

    private readonly Regex _pattern;

    private Glob(string root, Regex pattern) => (Root, _pattern) = (root, pattern);

    /// <summary>The folder before the first wildcard.</summary>
    public string Root { get; }

    /// <summary>Reads a glob.</summary>
    /// <returns>The glob; null for a path without wildcards.</returns>
    public static Glob? Parse(string path)
    {
        var parts = path.Replace(Path.DirectorySeparatorChar, '/').Split('/');
        var first = Array.FindIndex(parts, part => part.IndexOfAny(Wildcards) >= 0);
        if (first < 0)
            return null;
        var root = first == 0 ? "." : $"{string.Join('/', parts[..first])}/";
        var pattern = string.Concat(parts[first..].Select((part, i) => Pattern(part, isLast: first + i == parts.Length - 1)));
        return new(root, new($"^{pattern}$", RegexOptions.CultureInvariant | RegexOptions.Singleline | (OperatingSystem.IsLinux() ? RegexOptions.None : RegexOptions.IgnoreCase)));
    }

    /// <summary>Whether a path is one of those meant.</summary>
    /// <param name="path">The path, relative to <see cref="Root"/>, with forward slashes.</param>
    public bool IsMatch(string path) => _pattern.IsMatch(path);

    private static string Pattern(string part, bool isLast)
    {
        if (part == "**")
            return isLast ? ".*" : "(?:[^/]+/)*";
        var letters = Regex.Escape(part).Replace(@"\*", "[^/]*", StringComparison.Ordinal).Replace(@"\?", "[^/]", StringComparison.Ordinal);
        return isLast ? letters : $"{letters}/";
    }
}
