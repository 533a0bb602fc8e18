using System.Runtime.InteropServices;

namespace Tlb.Torch;

/// <summary>What TorchSharp does not say about a CUDA device, asked of NVIDIA's driver.</summary>
internal static class CudaDriver
{
    private const int ComputeCapabilityMajor = 75;                           // CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR

    private delegate int Initialize(uint flags);

    private delegate int GetDevice(out int device, int index);

    private delegate int GetAttribute(out int value, int attribute, int device);

    /// <summary>The first number of a device's compute capability, such as 8 for 8.6 (Ampere).</summary>
    /// <param name="index">The device's number; below 0 for the first.</param>
    /// <returns>The number; null where there is no driver or no such device.</returns>
    public static int? ComputeCapability(int index)
    {
        if (!NativeLibrary.TryLoad(OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1", out var driver))
            return null;
        return Function<Initialize>("cuInit")(0) == 0
            && Function<GetDevice>("cuDeviceGet")(out var device, Math.Max(0, index)) == 0
            && Function<GetAttribute>("cuDeviceGetAttribute")(out var major, ComputeCapabilityMajor, device) == 0 ? major : null;

        T Function<T>(string name) => Marshal.GetDelegateForFunctionPointer<T>(NativeLibrary.GetExport(driver, name));
    }
}
