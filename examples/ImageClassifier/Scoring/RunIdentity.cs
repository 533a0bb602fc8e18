using System.Security.Cryptography;

namespace Tlb.Examples.ImageClassifier;

/// <summary>What the rows of a scoring depend on: two with the same make the same rows.</summary>
internal static class RunIdentity
{
    /// <summary>Says what differs between this run and another; null for nothing.</summary>
    public static string? Difference(IReadOnlyDictionary<string, string> here, IReadOnlyDictionary<string, string> there)
    {
        List<string> differences =
        [
            .. here.Keys.Union(there.Keys).Where(name => Value(here, name) != Value(there, name)).Select(name => $"{name} is {Value(here, name)} here, {Value(there, name)} there"),
        ];
        return differences.Count > 0 ? string.Join("; ", differences) : null;

        static string Value(IReadOnlyDictionary<string, string> run, string name) => run.GetValueOrDefault(name, "not known");
    }

    /// <summary>The SHA-256 of a file, in hexadecimal digits.</summary>
    public static string HashOf(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
