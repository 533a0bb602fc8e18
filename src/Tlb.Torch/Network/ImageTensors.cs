using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Tlb.Torch;

/// <summary>Makes the network's input of a batch of images.</summary>
public static class ImageTensors
{
    /// <summary>Brings a batch to a device, scales its values and resizes it.</summary>
    /// <param name="batch">The images.</param>
    /// <param name="size">The height and width to resize to (bilinear, half-pixel centres, no antialiasing, as the Keras example's <c>Resizing</c>).</param>
    /// <param name="device">The device.</param>
    /// <returns>[batch.Count, size, size, 3].</returns>
    public static Tensor From(ImageBatch batch, int size, Device device)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var layout = batch.Layout;
        ReadOnlySpan<long> shape = [batch.Count, layout.Height, layout.Width, TlbConfig.Channels];
        var values = layout.PixelType == PixelType.Byte
            ? tensor(batch.Pixels.ToArray(), shape, ScalarType.Byte).CopiedTo(device).to(ScalarType.Float32)
            : tensor(MemoryMarshal.Cast<byte, float>(batch.Pixels).ToArray(), shape, ScalarType.Float32).CopiedTo(device); // [B, H, W, 3]
        if (layout.Offset != 0)
            values.sub_(layout.Offset);
        if (layout.Scale != 1)
            values.mul_(layout.Scale);
        return layout.Height == size && layout.Width == size ? values : Resize(values, size);
    }

    /// <summary>Resizes images.</summary>
    /// <param name="images">[B, H, W, 3].</param>
    /// <param name="size">The new height and width.</param>
    /// <returns>[B, size, size, 3].</returns>
    public static Tensor Resize(Tensor images, int size)
    {
        ArgumentNullException.ThrowIfNull(images);
        var planes = images.permute(0, 3, 1, 2);                             // [B, 3, H, W]
        return nn.functional
            .interpolate(planes, [size, size], mode: InterpolationMode.Bilinear, align_corners: false) // [B, 3, size, size]
            .permute(0, 2, 3, 1)                                             // [B, size, size, 3]
            .contiguous();
    }
}
