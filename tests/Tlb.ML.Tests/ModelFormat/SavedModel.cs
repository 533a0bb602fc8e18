using System.IO.Compression;

namespace Tlb.ML.Tests.ModelFormat;

/// <summary>A model as it stands in its file.</summary>
internal sealed class SavedModel
{
    public const string DataAssembly = "Microsoft.ML.Data, Version=1.0.0.0, Culture=neutral, PublicKeyToken=cc7b13ffcd2ddd51";
    public const string ImageAssembly = "Microsoft.ML.ImageAnalytics, Version=1.0.0.0, Culture=neutral, PublicKeyToken=cc7b13ffcd2ddd51";

    private readonly Dictionary<string, byte[]> _entries = [];

    public SavedModel(MLContext ml, ITransformer model, DataViewSchema? schema = null)
    {
        using var stream = new MemoryStream();
        ml.Model.Save(model, schema, stream);
        File = stream.ToArray();
        using var zip = new ZipArchive(stream);
        foreach (var entry in zip.Entries)
        {
            using var content = entry.Open();
            using var copy = new MemoryStream();
            content.CopyTo(copy);
            _entries.Add(entry.FullName, copy.ToArray());
        }
        Names = [.. zip.Entries.Select(e => e.FullName)];
    }

    public byte[] File { get; }

    /// <summary>In the order of the file.</summary>
    public string[] Names { get; }

    public byte[] this[string name] => _entries[name];

    /// <summary>The main stream of a directory under the model's own.</summary>
    public ModelStream Stage(string directory = "") => new(_entries[$"TransformerChain/{directory}Model.key"]);

    /// <summary>The same file with other entries; an entry that becomes null is left out.</summary>
    public byte[] With(Func<string, byte[], byte[]?> change)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var name in Names)
            {
                if (change(name, (byte[])_entries[name].Clone()) is not { } content)
                    continue;
                using var target = zip.CreateEntry(name).Open();
                target.Write(content);
            }
        }
        return stream.ToArray();
    }

    public static ITransformer Load(MLContext ml, byte[] file, out DataViewSchema schema)
    {
        using var stream = new MemoryStream(file);
        return ml.Model.Load(stream, out schema);
    }
}
