using TorchSharp;
using static TorchSharp.torch;

namespace Tlb.Torch;

/// <summary>What a device computes in at a precision.</summary>
/// <param name="Type">The type of number.</param>
/// <param name="IsTensorFloat32">Whether products of 32-bit floats may be rounded to TensorFloat32.</param>
internal readonly record struct ComputeType(ScalarType Type, bool IsTensorFloat32 = false)
{
    private const int FirstWithBFloat16 = 8;                                 // NVIDIA Ampere

    private static readonly Lock Gate = new();                               // libtorch throws where the setting is read while it is written

    /// <summary>The precision that this is.</summary>
    public Precision Precision => Type switch
    {
        ScalarType.BFloat16 => Precision.BFloat16,
        ScalarType.Float16 => Precision.Float16,
        _ => IsTensorFloat32 ? Precision.TensorFloat32 : Precision.Float32,
    };

    /// <summary>The type for a device.</summary>
    /// <param name="precision">The precision asked for.</param>
    /// <param name="device">The device.</param>
    /// <exception cref="NotSupportedException">The CPU was asked for what only CUDA devices have.</exception>
    public static ComputeType For(Precision precision, Device device) => precision switch
    {
        Precision.Float32 => new(ScalarType.Float32),
        Precision.BFloat16 => new(ScalarType.BFloat16),
        Precision.Float16 or Precision.TensorFloat32 when device.type == DeviceType.CPU => throw new NotSupportedException(
            $"Precision.{precision} is for CUDA devices, and this is the CPU: choose Precision.Float32 there (Precision.Auto does), or Precision.BFloat16."),
        Precision.Float16 => new(ScalarType.Float16),
        Precision.TensorFloat32 => new(ScalarType.Float32, IsTensorFloat32: true),
        Precision.Auto when device.type == DeviceType.CUDA => new(ForCuda(CudaDriver.ComputeCapability(device.index))),
        Precision.Auto => new(ScalarType.Float32),
        _ => throw new ArgumentOutOfRangeException(nameof(precision), precision, "Expected one of the values of Precision."),
    };

    /// <summary>The 16-bit type for a CUDA device of a compute capability; where it is not known, the one that all have.</summary>
    internal static ScalarType ForCuda(int? computeCapability) => computeCapability >= FirstWithBFloat16 ? ScalarType.BFloat16 : ScalarType.Float16;

    /// <summary>Has products computed as this says until the result is disposed: libtorch has one setting for the process, and reads it whenever a product is started.</summary>
    public Setting AllowTensorFloat32()
    {
        lock (Gate)
        {
            var before = backends.cuda.matmul.allow_tf32;
            if (before != IsTensorFloat32)
                backends.cuda.matmul.allow_tf32 = IsTensorFloat32;
            return new(before, IsTensorFloat32);
        }
    }

    /// <summary>The setting as it was before.</summary>
    internal readonly ref struct Setting(bool before, bool now)
    {
        /// <summary>Goes back to it.</summary>
        public void Dispose()
        {
            if (before == now)
                return;
            lock (Gate)
                backends.cuda.matmul.allow_tf32 = before;
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Precision.ToString();
}
