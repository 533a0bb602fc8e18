using TorchSharp;
using static TorchSharp.torch;

namespace Tlb.Torch;

/// <summary>The type that a device computes in at a precision.</summary>
internal static class ComputeTypes
{
    private const int FirstWithBFloat16 = 8;                                 // NVIDIA Ampere

    /// <summary>The type for a device.</summary>
    /// <param name="precision">The precision asked for.</param>
    /// <param name="device">The device.</param>
    /// <exception cref="NotSupportedException">Float16 was asked for on the CPU.</exception>
    public static ScalarType For(Precision precision, Device device) => precision switch
    {
        Precision.Float32 => ScalarType.Float32,
        Precision.BFloat16 => ScalarType.BFloat16,
        Precision.Float16 when device.type == DeviceType.CPU => throw new NotSupportedException(
            "Precision.Float16 is for CUDA devices, and this is the CPU: choose Precision.Float32 there (Precision.Auto does), or Precision.BFloat16."),
        Precision.Float16 => ScalarType.Float16,
        Precision.Auto when device.type == DeviceType.CUDA => ForCuda(CudaDriver.ComputeCapability(device.index)),
        Precision.Auto => ScalarType.Float32,
        _ => throw new ArgumentOutOfRangeException(nameof(precision), precision, "Expected one of the values of Precision."),
    };

    /// <summary>The 16-bit type for a CUDA device of a compute capability; where it is not known, the one that all have.</summary>
    internal static ScalarType ForCuda(int? computeCapability) => computeCapability >= FirstWithBFloat16 ? ScalarType.BFloat16 : ScalarType.Float16;
}
