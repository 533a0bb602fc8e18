using System.Security.Cryptography;
using System.Text;
using Tlb.ML;

namespace Tlb.Examples.ImageClassifier;

/// <summary>The images to score, in the order of their paths, each once. No file has been opened yet.</summary>
internal sealed class ImageList
{
    private const string StandardInput = "-";

    private readonly string _name;
    private readonly Dictionary<string, string> _problems = new(StringComparer.Ordinal);
    private List<string> _names = [];

    private ImageList(string name, string root) => (_name, Root) = (name, root);

    /// <summary>The folder that they are in; empty for a list of paths, which may be in any.</summary>
    public string Root { get; }

    /// <summary>How many there are.</summary>
    public int Count => _names.Count;

    /// <summary>Finds the images of a folder or a glob, or reads a list of them.</summary>
    /// <param name="data">The folder, the glob, or - for standard input.</param>
    /// <param name="skipBadFolders">Whether folders that can't be read are listed as bad; else they are an error.</param>
    public static ImageList Read(string data, bool skipBadFolders)
    {
        var glob = Directory.Exists(data) ? null : Glob.Parse(data);
        var list = data == StandardInput ? FromStandardInput() : FromFolder(glob is null ? $"The folder '{data}'" : $"The glob '{data}'", Path.GetFullPath(glob?.Root ?? data), glob, skipBadFolders);
        if (list.Count == 0)
            throw new ArgumentException(data == StandardInput
                ? "The list on standard input is empty; expected the path of an image in each line."
                : $"{list} holds no usable images (.jpg, .jpeg, .png, .bmp, .gif, .webp).");
        list.Sort();
        return list;
    }

    /// <summary>The full path of an image.</summary>
    public string PathOf(int index) => Path.GetFullPath(_names[index], Root.Length > 0 ? Root : Environment.CurrentDirectory);

    /// <summary>The name of the sub-folder that an image lies in; empty where there is none.</summary>
    public string LabelOf(int index) => Root.Length > 0 && _names[index].IndexOf('/', StringComparison.Ordinal) is > 0 and var slash ? _names[index][..slash] : "";

    /// <summary>Finds what is wrong with an image, before it is decoded; null for nothing.</summary>
    public string? FindProblem(int index, int maximumPixels) => _problems.TryGetValue(_names[index], out var problem) ? problem : ImageFile.FindProblem(PathOf(index), maximumPixels);

    /// <summary>Leaves those of a shard only.</summary>
    public void Keep(Shard shard) => _names = _names.FindAll(shard.Contains);

    /// <summary>The SHA-256 of all paths, a line each, in hexadecimal digits.</summary>
    public string Hash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var name in _names)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(name));
            hash.AppendData("\n"u8);
        }
        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }

    /// <summary>What it was found in.</summary>
    public override string ToString() => _name;

    private static ImageList FromFolder(string name, string root, Glob? glob, bool skipBadFolders)
    {
        var list = new ImageList(name, root);
        foreach (var path in ImageFolder.EnumeratePaths(root, OnBadFolder, LeftOut.Add))
            if (glob is null || glob.IsMatch(path))
                list._names.Add(path);
        return list;

        void OnBadFolder(BadImage folder)
        {
            if (!skipBadFolders)
                LeftOut.Refuse(folder);
            var path = Slashed(Path.GetRelativePath(root, folder.Where));
            list._names.Add(path);
            list._problems[path] = folder.Problem;
        }
    }

    private static ImageList FromStandardInput()
    {
        var list = new ImageList("The list on standard input", root: "");
        using var reader = new StreamReader(Console.OpenStandardInput());
        while (reader.ReadLine() is { } line)
        {
            if (line.Contains('\0', StringComparison.Ordinal))
                throw new ArgumentException("The list on standard input has a null character in it; expected the path of an image in each line.");
            if (line.Length > 0)
                list._names.Add(Slashed(Path.GetFullPath(line)));
        }
        return list;
    }

    private static string Slashed(string path) => path.Replace(Path.DirectorySeparatorChar, '/');

    /// <summary>Brings them into their order; of a list that names one twice, it stays once.</summary>
    private void Sort()
    {
        _names.Sort(StringComparer.Ordinal);
        var kept = 0;
        for (var i = 0; i < _names.Count; i++)
            if (kept == 0 || _names[i] != _names[kept - 1])
                _names[kept++] = _names[i];
        _names.RemoveRange(kept, _names.Count - kept);
    }
}
