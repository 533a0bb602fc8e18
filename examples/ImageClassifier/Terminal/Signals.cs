using System.Runtime.InteropServices;

namespace Tlb.Examples.ImageClassifier;

/// <summary>Ctrl-C and SIGTERM, from before a command starts until after its end.</summary>
/// <remarks>
/// The first cancels the command: the step that runs is finished, and where the options say so the best model so far is saved. A second
/// ends the process at once, as the first does after a while where nothing takes time: nobody may read from the pipe it writes to.
/// </remarks>
internal sealed class Signals : IDisposable
{
    private const int Interrupted = 130;
    private const int Terminated = 143;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _cancellation = new();
    private readonly bool _mayTakeTime;
    private readonly PosixSignalRegistration _interrupt;
    private readonly PosixSignalRegistration _terminate;

    /// <summary>Begins to listen.</summary>
    /// <param name="mayTakeTime">Whether the command saves something when it is cancelled, which takes the time it takes.</param>
    public Signals(bool mayTakeTime)
    {
        _mayTakeTime = mayTakeTime;
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
    }

    /// <summary>Set by the first signal.</summary>
    public CancellationToken Token => _cancellation.Token;

    /// <summary>The status that a process ends with for the signal it had.</summary>
    public int Status { get; private set; } = Interrupted;

    public void Dispose()
    {
        _interrupt.Dispose();
        _terminate.Dispose();
        _cancellation.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        if (_cancellation.IsCancellationRequested)
            Environment.Exit(Status);
        Status = context.Signal == PosixSignal.SIGTERM ? Terminated : Interrupted;
        _cancellation.Cancel();
        if (!_mayTakeTime)
            _ = Task.Delay(Patience).ContinueWith(_ => Environment.Exit(Status), TaskScheduler.Default);
    }
}
