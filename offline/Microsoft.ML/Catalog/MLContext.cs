using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// <summary>Where everything starts: the catalogs of components, one seed and one log for all of them.</summary>
public sealed class MLContext : IHostEnvironmentInternal
{
    private readonly LocalEnvironment _environment;

    public MLContext(int? seed = null)
    {
        _environment = new LocalEnvironment(seed);
        _environment.AddListener((source, message) =>
            Log?.Invoke(this, new LoggingEventArgs(message.Message, message.Kind, source.FullName)));
        MulticlassClassification = new MulticlassClassificationCatalog(_environment);
        Transforms = new TransformsCatalog(_environment);
        Model = new ModelOperationsCatalog(_environment);
        Data = new DataOperationsCatalog(_environment);
    }

    public event EventHandler<LoggingEventArgs> Log;

    public MulticlassClassificationCatalog MulticlassClassification { get; }

    public TransformsCatalog Transforms { get; }

    public ModelOperationsCatalog Model { get; }

    public DataOperationsCatalog Data { get; }

    public ComponentCatalog ComponentCatalog => _environment.ComponentCatalog;

    public string TempFilePath
    {
        get => _environment.TempFilePath;
        set => _environment.TempFilePath = value;
    }

    public bool FallbackToCpu
    {
        get => _environment.FallbackToCpu;
        set => _environment.FallbackToCpu = value;
    }

    public int? GpuDeviceId
    {
        get => _environment.GpuDeviceId;
        set => _environment.GpuDeviceId = value;
    }

    string IExceptionContext.ContextDescription => _environment.ContextDescription;

    int? IHostEnvironmentInternal.Seed => _environment.Seed;

    public bool TryAddOption<T>(string name, T value) => _environment.TryAddOption(name, value);

    public void SetOption<T>(string name, T value) => _environment.SetOption(name, value);

    public bool TryGetOption<T>(string name, out T value) => _environment.TryGetOption(name, out value);

    public T GetOptionOrDefault<T>(string name) => _environment.GetOptionOrDefault<T>(name);

    public bool RemoveOption(string name) => _environment.RemoveOption(name);

    TException IExceptionContext.Process<TException>(TException ex) => _environment.Process(ex);

    IHost IHostEnvironment.Register(string name, int? seed, bool? verbose) => _environment.Register(name, seed, verbose);

    IChannel IChannelProvider.Start(string name) => _environment.Start(name);

    IPipe<TMessage> IChannelProvider.StartPipe<TMessage>(string name) => _environment.StartPipe<TMessage>(name);

    IProgressChannel IProgressChannelProvider.StartProgressChannel(string name) => _environment.StartProgressChannel(name);
}
