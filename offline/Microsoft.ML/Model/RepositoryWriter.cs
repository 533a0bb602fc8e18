using System.IO.Compression;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// <summary>Writes a model file.</summary>
internal sealed class RepositoryWriter : Repository
{
    // The version of the packages whose format this is; what comes after the plus says who wrote it.
    private const string ProductVersion = "5.0.0+offline";

    private readonly ZipArchive _archive;
    private readonly HashSet<string> _names = [];

    // Entries are packed when the next one is opened, because closing one must not throw.
    private readonly Queue<Entry> _closed = [];

    private RepositoryWriter(Stream stream, IExceptionContext ectx, bool useFileSystem)
        : base(useFileSystem, ectx) => _archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);

    public static RepositoryWriter CreateNew(Stream stream, IExceptionContext ectx = null, bool useFileSystem = true)
    {
        ectx.CheckValue(stream, nameof(stream));
        var repository = new RepositoryWriter(stream, ectx, useFileSystem);
        using var entry = repository.CreateEntry("TrainingInfo", "Version.txt");
        using var writer = new StreamWriter(entry.Stream, leaveOpen: true);
        writer.WriteLine(ProductVersion);
        return repository;
    }

    public Entry CreateEntry(string name) => CreateEntry(null, name);

    public Entry CreateEntry(string dir, string name)
    {
        CheckNotDisposed();
        PackClosed();
        var path = EntryName(dir, name);
        if (!_names.Add(path))
            throw ExceptionContext.ExceptParam(nameof(name), "Duplicate entry: '{0}'", path);
        return Open(path, NewTemporaryFile() is { } file ? new FileStream(file, FileMode.CreateNew) : new MemoryStream());
    }

    /// <summary>Packs everything; without this call the file is left incomplete.</summary>
    public void Commit()
    {
        CheckNotDisposed();
        CloseEntries();
        PackClosed();
        Dispose();
    }

    private protected override void OnClosed(Entry entry) => _closed.Enqueue(entry);

    private protected override void Close()
    {
        CloseEntries();
        foreach (var entry in _closed)
            entry.Stream.Dispose();
        _archive.Dispose();
    }

    private void PackClosed()
    {
        while (_closed.TryDequeue(out var entry))
        {
            using (var source = entry.Stream)
            using (var target = _archive.CreateEntry(entry.Path).Open())
            {
                source.Position = 0;
                source.CopyTo(target);
            }
            if (entry.Stream is FileStream file)
                File.Delete(file.Name);
        }
    }
}
