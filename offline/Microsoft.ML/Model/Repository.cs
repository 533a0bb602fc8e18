using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// <summary>
/// The named streams of a model file. While an entry is open, its stream is a file in a temporary directory (or
/// memory), which is packed into the zip archive, or was unpacked from it, as a whole: models need to seek.
/// </summary>
internal abstract class Repository : IDisposable
{
    private readonly List<Entry> _open = [];
    private readonly string _directory;
    private bool _disposed;

    private protected Repository(bool needDir, IExceptionContext ectx)
    {
        ExceptionContext = ectx;
        if (needDir)
            _directory = CreateDirectory(ectx);
    }

    public IExceptionContext ExceptionContext { get; }

    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        Close();
        if (_directory is null)
            return;
        try
        {
            Directory.Delete(_directory, true);
        }
        catch (IOException)
        {
            // What cannot be deleted is left to the system's own cleaning.
        }
    }

    /// <summary>Ends the archive; called once.</summary>
    private protected abstract void Close();

    /// <summary>Takes over the stream of an entry that was closed.</summary>
    private protected abstract void OnClosed(Entry entry);

    private protected Entry Open(string name, Stream stream)
    {
        var entry = new Entry(this, name, stream);
        _open.Add(entry);
        return entry;
    }

    private protected void CloseEntries()
    {
        while (_open.Count > 0)
            _open[^1].Dispose();
    }

    private protected void CheckNotDisposed() => ExceptionContext.Check(!_disposed);

    /// <summary>A new file to hold a stream, or null where streams are held in memory.</summary>
    private protected string NewTemporaryFile() => _directory is null ? null : Path.Combine(_directory, Path.GetRandomFileName());

    /// <summary>The entry's name in the archive; the separator is the system's, as the packages write it.</summary>
    private protected string EntryName(string dir, string name)
    {
        ExceptionContext.CheckParam(dir is null || !dir.Contains("..", StringComparison.Ordinal), nameof(dir));
        ExceptionContext.CheckParam(!string.IsNullOrWhiteSpace(name), nameof(name));
        ExceptionContext.CheckParam(!name.Contains("..", StringComparison.Ordinal), nameof(name));
        var path = Path.Combine(dir ?? "", name);
        ExceptionContext.Check(!Path.IsPathRooted(path));
        return path.Replace('/', Path.DirectorySeparatorChar);
    }

    private static string CreateDirectory(IExceptionContext ectx)
    {
        var parent = (ectx as IHostEnvironmentInternal)?.TempFilePath ?? Path.GetTempPath();
        var path = Path.Combine(Path.GetFullPath(parent), "ml_dotnet_" + Path.GetFileNameWithoutExtension(Path.GetRandomFileName()));
        return Directory.CreateDirectory(path).FullName;
    }

    /// <summary>An open stream of the repository.</summary>
    public sealed class Entry : IDisposable
    {
        private Repository _repository;

        internal Entry(Repository rep, string path, Stream stream)
        {
            _repository = rep;
            Path = path;
            Stream = stream;
        }

        public string Path { get; }

        public Stream Stream { get; }

        public void Dispose()
        {
            var repository = _repository;
            _repository = null;
            if (repository is not null && repository._open.Remove(this))
                repository.OnClosed(this);
        }
    }
}
