namespace Tlb.Core;

/// <summary>A path with all links on the way resolved: the same for the same file or folder, whichever way leads to it.</summary>
internal static class FinalPath
{
    private const int MostLinks = 40;                                        // as Linux has it

    /// <summary>Resolves the links in a path, part by part: what <c>..</c> means after a link depends on where the link leads.</summary>
    /// <param name="path">The path; what it leads to need not exist.</param>
    /// <exception cref="IOException">There are too many links, as where they lead in a circle.</exception>
    public static string Of(string path)
    {
        var (links, final) = (0, "");
        var rest = new Stack<string>();
        Go(Path.Combine(Environment.CurrentDirectory, path));
        while (rest.TryPop(out var part))
        {
            if (part == "..")
                final = Path.GetDirectoryName(final) ?? final;
            else if (new DirectoryInfo(Path.Join(final, part)).LinkTarget is not { } target)
                final = Path.Join(final, part);
            else if (++links <= MostLinks)
                Go(target);
            else
                throw new IOException($"'{path}' is behind more than {MostLinks} links, or one that leads back to itself.");
        }
        return final;

        void Go(string to)
        {
            if (Path.IsPathRooted(to))
                final = Path.GetPathRoot(to)!;
            var parts = to[Path.GetPathRoot(to)!.Length..].Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries);
            foreach (var part in parts.Where(part => part != ".").Reverse())
                rest.Push(part);
        }
    }

    /// <summary>Whether a path is that of a link. A reparse point without a target, such as a file that lies in a cloud, is none.</summary>
    public static bool IsLink(string path) => new DirectoryInfo(path).LinkTarget is not null;
}
