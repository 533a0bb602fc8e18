namespace Microsoft.ML.Runtime;

/// <summary>Takes the progress of one computation, which ends with its disposal.</summary>
public interface IProgressChannel : IProgressChannelProvider, IDisposable
{
    void SetHeader(ProgressHeader header, Action<IProgressEntry> fillAction);

    /// <summary>Metrics first, then the progress in each unit, then the limits.</summary>
    void Checkpoint(params double?[] values);
}
