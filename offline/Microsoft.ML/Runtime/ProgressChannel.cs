namespace Microsoft.ML.Runtime;

/// <summary>A progress channel in an environment that shows no progress: it only checks how it is used.</summary>
internal sealed class ProgressChannel(IExceptionContext context, bool isRoot = true) : IProgressChannel
{
    private ProgressHeader _header = new(null);
    private bool _disposed;

    public void SetHeader(ProgressHeader header, Action<IProgressEntry> fillAction) => _header = header;

    public void Checkpoint(params double?[] values)
    {
        if (!isRoot)
            return;
        context.Check(!_disposed, "Can't report checkpoints after disposing");
        var room = _header.MetricNames.Count + 2 * _header.UnitNames.Count;
        context.Check((values?.Length ?? 0) <= room, "Too many values provided in Checkpoint");
    }

    public IProgressChannel StartProgressChannel(string name) => new ProgressChannel(context, isRoot: false);

    public void Dispose() => _disposed = true;
}
