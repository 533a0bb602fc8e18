using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Tlb.Torch;

/// <summary>Copies between the host's memory and a device.</summary>
internal static class DeviceCopy
{
    /// <summary>Makes a tensor of values.</summary>
    /// <typeparam name="T">The type of a value: that of <paramref name="type"/>.</typeparam>
    /// <param name="values">The values, row by row. They are copied before this returns.</param>
    /// <param name="shape">The tensor's shape.</param>
    /// <param name="type">The tensor's type.</param>
    /// <param name="device">The tensor's device. To a CUDA device the copy goes through pinned memory and takes its turn there: the host does not wait for it.</param>
    public static Tensor ToTensor<T>(this ReadOnlySpan<T> values, ReadOnlySpan<long> shape, ScalarType type, Device device) where T : unmanaged
    {
        using var scope = NewDisposeScope();
        var host = empty(shape, type);
        MemoryMarshal.AsBytes(values).CopyTo(host.bytes);
        if (device.type != DeviceType.CUDA)
            return host.to(device).MoveToOuterDisposeScope();
        using var current = CudaDriver.MakeCurrent(device.index);            // pinning memory would else begin to use the first device too
        return host.pin_memory().to(device, non_blocking: true).MoveToOuterDisposeScope();
    }

    /// <summary>Copies a tensor's values to the host, and waits for them.</summary>
    /// <typeparam name="T">The type of a value: that of the tensor.</typeparam>
    /// <param name="tensor">Any shape, on any device.</param>
    /// <param name="values">Receives them, row by row.</param>
    public static void CopyTo<T>(this Tensor tensor, Span<T> values) where T : unmanaged
    {
        using var scope = NewDisposeScope();
        MemoryMarshal.Cast<byte, T>(tensor.detach().cpu().contiguous().bytes).CopyTo(values);
    }

    /// <summary>A tensor's values, row by row; waits for them.</summary>
    /// <typeparam name="T">The type of a value: that of the tensor.</typeparam>
    /// <param name="tensor">Any shape, on any device.</param>
    public static T[] ToArray<T>(this Tensor tensor) where T : unmanaged
    {
        var values = new T[tensor.numel()];
        tensor.CopyTo(values.AsSpan());
        return values;
    }
}
