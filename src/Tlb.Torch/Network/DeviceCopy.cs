using TorchSharp;
using static TorchSharp.torch;

namespace Tlb.Torch;

/// <summary>Copies from the host to a device without waiting for it.</summary>
internal static class DeviceCopy
{
    /// <summary>Copies to a device. From pinned memory a copy to a CUDA device takes its turn there; from other memory the host would wait for it.</summary>
    /// <param name="values">Any shape, in the host's memory.</param>
    /// <param name="device">The device.</param>
    /// <returns>The same shape; <paramref name="values"/> itself for the CPU.</returns>
    public static Tensor CopiedTo(this Tensor values, Device device) => device.type switch
    {
        DeviceType.CPU => values,
        DeviceType.CUDA => values.pin_memory().to(device, non_blocking: true),
        _ => values.to(device),
    };
}
