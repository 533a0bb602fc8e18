using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Primitives;

namespace Tlb.Examples.Service;

/// <summary>The model in use. When its file is replaced, the new one is loaded, and used from then on; one that can't be loaded changes nothing.</summary>
internal sealed partial class ModelStore : IDisposable
{
    private readonly ServiceOptions _options;
    private readonly ServiceMetrics _metrics;
    private readonly ILogger<ModelStore> _log;
    private readonly PhysicalFileProvider _files;
    private readonly IDisposable _watch;
    private volatile ServedModel _current;
    private volatile string? _problem;

    /// <summary>Loads the model, and begins to watch its file.</summary>
    /// <exception cref="InvalidDataException">It can't be loaded.</exception>
    public ModelStore(ServiceOptions options, ServiceMetrics metrics, ILogger<ModelStore> log)
    {
        (_options, _metrics, _log) = (options, metrics, log);
        var file = Path.GetFullPath(options.Model);
        _current = ServedModel.Load(file, options.MaximumPixels);
        LogLoaded(file, _current.Description.Sha256);
        _files = new(Path.GetDirectoryName(file)!);
        _watch = ChangeToken.OnChange(() => _files.Watch(Path.GetFileName(file)), () => Reload(file));
    }

    /// <summary>The model.</summary>
    public ServedModel Current => _current;

    /// <summary>Why the file that lies there now is not in use; null where it is.</summary>
    public string? Problem => _problem;

    public void Dispose()
    {
        _watch.Dispose();
        _files.Dispose();
        _current.Dispose();
    }

    private void Reload(string file)
    {
        try
        {
            var model = ServedModel.Load(file, _options.MaximumPixels);
            var before = _current;
            (_current, _problem) = (model, null);
            before.Dispose();
            LogLoaded(file, model.Description.Sha256);
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)   // it may not be written to its end: then there is another change
        {
            _problem = e.Message;
            LogKept(file, e.Message);
        }
        _metrics.Reloaded(isOk: _problem is null);
    }

    [LoggerMessage(LogLevel.Information, "The model {File} is in use (SHA-256 {Sha256}).")]
    private partial void LogLoaded(string file, string sha256);

    [LoggerMessage(LogLevel.Warning, "The model {File} was changed and can't be used; the one before stays in use. {Problem}")]
    private partial void LogKept(string file, string problem);
}
