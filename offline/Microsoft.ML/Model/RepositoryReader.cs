using System.IO.Compression;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// <summary>Reads a model file.</summary>
internal sealed class RepositoryReader : Repository
{
    private readonly ZipArchive _archive;

    // By name, with forward slashes: files written on Windows have backslashes.
    private readonly Lazy<Dictionary<string, ZipArchiveEntry>> _entries;
    private readonly Dictionary<string, string> _unpacked = [];

    private RepositoryReader(Stream stream, IExceptionContext ectx, bool useFileSystem)
        : base(useFileSystem, ectx)
    {
        _entries = new(ListEntries);
        try
        {
            _archive = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
        }
        catch (Exception exception)
        {
            Dispose();
            throw ectx.ExceptDecode(exception, "Failed to open a zip archive");
        }
    }

    public static RepositoryReader Open(Stream stream, IExceptionContext ectx = null, bool useFileSystem = true)
    {
        ectx.CheckValue(stream, nameof(stream));
        return new RepositoryReader(stream, ectx, useFileSystem);
    }

    public Entry OpenEntry(string name) => OpenEntry(null, name);

    public Entry OpenEntry(string dir, string name) =>
        OpenEntryOrNull(dir, name) ?? throw ExceptionContext.Except("Repository doesn't contain entry {0}", EntryName(dir, name));

    public Entry OpenEntryOrNull(string name) => OpenEntryOrNull(null, name);

    public Entry OpenEntryOrNull(string dir, string name)
    {
        CheckNotDisposed();
        var path = EntryName(dir, name);
        return _entries.Value.TryGetValue(Normalize(path), out var entry) ? Open(path, Unpack(entry)) : null;
    }

    private protected override void OnClosed(Entry entry) => entry.Stream.Dispose();

    private protected override void Close()
    {
        CloseEntries();
        _archive?.Dispose();
    }

    private static string Normalize(string path) => path.Replace('\\', '/');

    private Dictionary<string, ZipArchiveEntry> ListEntries()
    {
        var entries = new Dictionary<string, ZipArchiveEntry>();
        foreach (var entry in _archive.Entries)
            entries[Normalize(entry.FullName)] = entry;
        return entries;
    }

    private Stream Unpack(ZipArchiveEntry entry)
    {
        if (!_unpacked.TryGetValue(entry.FullName, out var file))
        {
            file = NewTemporaryFile();
            if (file is null)
            {
                ExceptionContext.CheckDecode(entry.Length < int.MaxValue, "Repository stream too large to read into memory");
                var memory = new MemoryStream((int)entry.Length);
                using var source = entry.Open();
                source.CopyTo(memory);
                memory.Position = 0;
                return memory;
            }
            entry.ExtractToFile(file);
            _unpacked.Add(entry.FullName, file);
        }
        return new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read);
    }
}
