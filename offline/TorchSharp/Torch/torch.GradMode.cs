using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public static IDisposable no_grad() => new AutoGradMode(false);

    public static IDisposable enable_grad(bool enabled = true) => new AutoGradMode(enabled);

    public static IDisposable set_grad_enabled(bool mode = true) => new AutoGradMode(mode);

    public static bool is_grad_enabled() => NativeMethods.Get(Setting.GradMode);

    public static IDisposable inference_mode(bool mode = true) => new InferenceMode(mode);

    public static bool is_inference_mode_enabled() => NativeMethods.Get(Setting.InferenceMode);
}

/// <summary>Sets the calling thread's gradient mode until it is disposed of.</summary>
internal sealed class AutoGradMode : IDisposable
{
    private readonly bool _previous = NativeMethods.Get(Setting.GradMode);

    public AutoGradMode(bool enabled) => NativeMethods.Set(Setting.GradMode, enabled);

    public void Dispose() => NativeMethods.Set(Setting.GradMode, _previous);
}

/// <summary>Sets the calling thread's inference mode until it is disposed of.</summary>
internal sealed unsafe class InferenceMode : IDisposable
{
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private nint _guard;

    public InferenceMode(bool mode)
    {
        nint guard;
        NativeMethods.Check(NativeMethods.ts_inference_begin(mode ? 1 : 0, &guard));
        _guard = guard;
    }

    // The guard restores what its thread had: ended on another thread, or by a finalizer, it would change that one's mode.
    public void Dispose()
    {
        if (Environment.CurrentManagedThreadId != _thread) throw new InvalidOperationException("Inference mode ends on the thread that began it.");
        var guard = Interlocked.Exchange(ref _guard, 0);
        if (guard != 0) NativeMethods.Check(NativeMethods.ts_inference_end(guard));
    }
}
