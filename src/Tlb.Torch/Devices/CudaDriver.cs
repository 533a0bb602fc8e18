using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Tlb.Torch;

/// <summary>What TorchSharp does not offer of a CUDA device, asked of NVIDIA's driver.</summary>
internal static class CudaDriver
{
    private const int ComputeCapabilityMajor = 75;                           // CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR

    private static readonly Lazy<Functions?> Driver = new(Functions.Load);
    private static readonly ConcurrentDictionary<int, nint> Contexts = new(); // each device's own, kept until the process ends

    private delegate int Initialize(uint flags);

    private delegate int GetDevice(out int device, int index);

    private delegate int GetAttribute(out int value, int attribute, int device);

    private delegate int GetPrimaryContext(out nint context, int device);

    private delegate int GetContext(out nint context);

    private delegate int SetContext(nint context);

    /// <summary>The first number of a device's compute capability, such as 8 for 8.6 (Ampere).</summary>
    /// <param name="index">The device's number; below 0 for the first.</param>
    /// <returns>The number; null where there is no driver or no such device.</returns>
    public static int? ComputeCapability(int index) =>
        Driver.Value is { } driver && driver.GetDevice(out var device, Math.Max(0, index)) == 0 && driver.GetAttribute(out var major, ComputeCapabilityMajor, device) == 0
            ? major
            : null;

    /// <summary>Makes a device the calling thread's current one until the result is disposed.</summary>
    /// <param name="index">The device's number; below 0 for the one that is current already.</param>
    public static Current MakeCurrent(int index)
    {
        if (index < 0 || Driver.Value is not { } driver || driver.GetContext(out var before) != 0)
            return default;
        var context = Contexts.GetOrAdd(index, static (number, functions) =>
            functions.GetDevice(out var device, number) == 0 && functions.GetPrimaryContext(out var primary, device) == 0 ? primary : 0, driver);
        return context != 0 && context != before && driver.SetContext(context) == 0 ? new(before) : default;
    }

    /// <summary>What was current before, which may be none (0); nothing where nothing was changed.</summary>
    internal readonly ref struct Current(nint? before)
    {
        /// <summary>Makes it current again.</summary>
        public void Dispose()
        {
            if (before is { } context)
                Driver.Value!.SetContext(context);
        }
    }

    private sealed record Functions(GetDevice GetDevice, GetAttribute GetAttribute, GetPrimaryContext GetPrimaryContext, GetContext GetContext, SetContext SetContext)
    {
        /// <summary>Finds the driver's functions; null where there is no driver or no device.</summary>
        public static Functions? Load()
        {
            if (!NativeLibrary.TryLoad(OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1", out var driver) || Find<Initialize>("cuInit")(0) != 0)
                return null;
            return new(
                Find<GetDevice>("cuDeviceGet"),
                Find<GetAttribute>("cuDeviceGetAttribute"),
                Find<GetPrimaryContext>("cuDevicePrimaryCtxRetain"),
                Find<GetContext>("cuCtxGetCurrent"),
                Find<SetContext>("cuCtxSetCurrent"));

            T Find<T>(string name) => Marshal.GetDelegateForFunctionPointer<T>(NativeLibrary.GetExport(driver, name));
        }
    }
}
