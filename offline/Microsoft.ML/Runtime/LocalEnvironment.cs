using System.Diagnostics;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>The environment of an <see cref="MLContext"/>, and of every component in it.</summary>
internal class LocalEnvironment : IHostEnvironmentInternal
{
    private readonly LocalEnvironment _root;
    private readonly LocalEnvironment _source;
    private readonly string _name;
    private readonly string _fullName;
    private readonly Random _rand;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, object> _options = [];
    private Action<Channel, ChannelMessage> _listeners;

    public LocalEnvironment(int? seed = null)
    {
        _root = this;
        Seed = seed;
        _rand = RandomUtils.Create(seed);
        ComponentCatalog = new ComponentCatalog();
    }

    private LocalEnvironment(LocalEnvironment source, string name, Random rand)
    {
        _root = source._root;
        _source = source;
        _rand = rand;
        _name = name;
        // A host is named after the source of its source, not after its source.
        _fullName = source._source?._fullName is { } outer ? $"{outer}; {name}" : name;
        Seed = source.Seed;
        GpuDeviceId = source.GpuDeviceId;
        FallbackToCpu = source.FallbackToCpu;
        ComponentCatalog = source.ComponentCatalog;
    }

    public ComponentCatalog ComponentCatalog { get; }

    public int? Seed { get; }

    public string TempFilePath { get; set; } = Path.GetTempPath();

    public bool FallbackToCpu { get; set; }

    public int? GpuDeviceId { get; set; }

    public string ContextDescription => "HostEnvironment";

    public void AddListener(Action<Channel, ChannelMessage> listener) => _root._listeners += listener;

    public IHost Register(string name, int? seed = null, bool? verbose = null)
    {
        Contracts.CheckNonEmpty(name, nameof(name));
        lock (_lock)
        {
            // Without a seed of its own each host draws from this one's source: the order of registration matters.
            var host = new Host(this, name, seed is { } value ? RandomUtils.Create(value) : RandomUtils.Create(_rand));
            if (_source is null)
                host.TempFilePath = TempFilePath;
            return host;
        }
    }

    public IChannel Start(string name) => new Channel(this, name);

    public IPipe<TMessage> StartPipe<TMessage>(string name) => new Pipe<TMessage>(this);

    public IProgressChannel StartProgressChannel(string name)
    {
        Contracts.CheckNonEmpty(name, nameof(name));
        return new ProgressChannel(this);
    }

    public TException Process<TException>(TException ex)
        where TException : Exception
    {
        ex?.Data["Throwing component"] = "Environment";
        return ex is null ? null : Contracts.Mark(ex);
    }

    public bool TryAddOption<T>(string name, T value)
    {
        CheckOptionName(name);
        return _options.TryAdd(name, value);
    }

    public void SetOption<T>(string name, T value)
    {
        CheckOptionName(name);
        _options[name] = value;
    }

    public bool TryGetOption<T>(string name, out T value)
    {
        CheckOptionName(name);
        var found = _options.TryGetValue(name, out var option) && option is T;
        value = found ? (T)option : default;
        return found;
    }

    public T GetOptionOrDefault<T>(string name)
    {
        TryAddOption<T>(name, default);
        return (T)_options[name];
    }

    public bool RemoveOption(string name)
    {
        CheckOptionName(name);
        return _options.Remove(name);
    }

    private static void CheckOptionName(string name)
    {
        if (string.IsNullOrWhiteSpace(name))
            throw new ArgumentNullException(nameof(name));
    }

    private sealed class Host(LocalEnvironment source, string name, Random rand) : LocalEnvironment(source, name, rand), IHost
    {
        public Random Rand => _rand;
    }

    private sealed class Pipe<TMessage>(LocalEnvironment environment) : IPipe<TMessage>
    {
        public string ContextDescription => environment.ContextDescription;

        public TException Process<TException>(TException ex)
            where TException : Exception => environment.Process(ex);

        // Nothing but the log listens, and it has channels of its own.
        public void Send(TMessage msg)
        {
        }

        public void Dispose()
        {
        }
    }

    /// <summary>A log channel, which reports its start and its end.</summary>
    internal sealed class Channel : IChannel
    {
        private readonly LocalEnvironment _environment;
        private readonly string _name;
        private readonly Stopwatch _watch = Stopwatch.StartNew();
        private bool _disposed;

        public Channel(LocalEnvironment environment, string name)
        {
            _environment = environment;
            _name = string.IsNullOrEmpty(name) ? null : name;
            FullName = environment._fullName is { } outer ? $"{outer}; {_name}" : _name;
            Trace(MessageSensitivity.None, "Channel started");
        }

        public string FullName { get; }

        public string ContextDescription => FullName;

        public TException Process<TException>(TException ex)
            where TException : Exception
        {
            if (ex is null)
                return null;
            ex.Data["Throwing component"] = _environment._name;
            ex.Data["Phase"] = _name;
            return Contracts.Mark(ex);
        }

        public void Send(ChannelMessage msg) => _environment._root._listeners?.Invoke(this, msg);

        public void Trace(MessageSensitivity sensitivity, string fmt) => Send(new(ChannelMessageKind.Trace, sensitivity, fmt));

        public void Trace(MessageSensitivity sensitivity, string fmt, params object[] args) =>
            Send(new(ChannelMessageKind.Trace, sensitivity, fmt, args));

        public void Error(MessageSensitivity sensitivity, string fmt) => Send(new(ChannelMessageKind.Error, sensitivity, fmt));

        public void Error(MessageSensitivity sensitivity, string fmt, params object[] args) =>
            Send(new(ChannelMessageKind.Error, sensitivity, fmt, args));

        public void Warning(MessageSensitivity sensitivity, string fmt) => Send(new(ChannelMessageKind.Warning, sensitivity, fmt));

        public void Warning(MessageSensitivity sensitivity, string fmt, params object[] args) =>
            Send(new(ChannelMessageKind.Warning, sensitivity, fmt, args));

        public void Info(MessageSensitivity sensitivity, string fmt) => Send(new(ChannelMessageKind.Info, sensitivity, fmt));

        public void Info(MessageSensitivity sensitivity, string fmt, params object[] args) =>
            Send(new(ChannelMessageKind.Info, sensitivity, fmt, args));

        public void Dispose()
        {
            if (_disposed)
                return;
            Trace(MessageSensitivity.None, "Channel finished. Elapsed {0:c}.", _watch.Elapsed);
            Trace(MessageSensitivity.None, "Channel disposed");
            _disposed = true;
        }
    }
}
