using TorchSharp;
using static TorchSharp.torch;

namespace Tlb.Torch;

/// <summary>Makes the network's input of a batch of images.</summary>
internal static class ImageTensors
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
        using Scalar offset = layout.Offset.ToScalar(), scale = layout.Scale.ToScalar();
        var values = PixelsOf(batch, shape, device).to(ScalarType.Float32);  // [B, H, W, 3]
        if (layout.Offset != 0)
            values.sub_(offset);
        if (layout.Scale != 1)
            values.mul_(scale);
        return layout.Height == size && layout.Width == size ? values : Resize(values, size);
    }

    /// <summary>Brings a batch's pixels to a device as they are.</summary>
    /// <param name="batch">The images.</param>
    /// <param name="shape">The shape to give them.</param>
    /// <param name="device">The device.</param>
    internal static Tensor PixelsOf(ImageBatch batch, ReadOnlySpan<long> shape, Device device) =>
        batch.Pixels.ToTensor(shape, batch.Layout.PixelType == PixelType.Byte ? ScalarType.Byte : ScalarType.Float32, device);

    /// <summary>Resizes images: each pixel between two columns, then two rows, at places that are worked out in float64.</summary>
    /// <param name="images">[B, H, W, 3].</param>
    /// <param name="size">The new height and width.</param>
    /// <returns>[B, size, size, 3].</returns>
    public static Tensor Resize(Tensor images, int size)
    {
        ArgumentNullException.ThrowIfNull(images);
        var columns = Lerp(images, dim: 2, size);                            // [B, H, size, 3]
        return Lerp(columns, dim: 1, size);                                  // [B, size, size, 3]
    }

    /// <summary>Resizes one dimension of [B, ., ., 3].</summary>
    private static Tensor Lerp(Tensor images, int dim, int size)
    {
        var taps = BilinearTap.Resize((int)images.size(dim), size);
        var places = new long[2 * size];
        var shares = new float[size];
        for (var i = 0; i < size; i++)
            (places[i], places[size + i], shares[i]) = (taps[i].First, taps[i].Second, taps[i].Share);
        var index = new ReadOnlySpan<long>(places).ToTensor([2, size], ScalarType.Int64, images.device).unbind(0);
        var share = new ReadOnlySpan<float>(shares).ToTensor(dim == 1 ? [size, 1, 1] : [size, 1], ScalarType.Float32, images.device);
        return images.index_select(dim, index[0]).lerp(images.index_select(dim, index[1]), share);
    }
}
