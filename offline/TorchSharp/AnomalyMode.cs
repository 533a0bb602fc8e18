using TorchSharp.Interop;

namespace TorchSharp;

/// <summary>Has the backward pass explain its failures until it is disposed of.</summary>
public class AnomalyMode : IDisposable
{
    private readonly bool _wasEnabled = IsEnabled;
    private readonly bool _didCheckNaN = ShouldCheckNaN;

    public AnomalyMode(bool enabled, bool check_nan = true) => Set(enabled, check_nan);

    public static bool IsEnabled => NativeMethods.Get(Setting.AnomalyMode);

    public static bool ShouldCheckNaN => NativeMethods.Get(Setting.AnomalyChecksNaN);

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (disposing) Set(_wasEnabled, _didCheckNaN);
    }

    private static void Set(bool enabled, bool checkNaN)
    {
        NativeMethods.Set(Setting.AnomalyMode, enabled);
        NativeMethods.Set(Setting.AnomalyChecksNaN, checkNaN);
    }
}
