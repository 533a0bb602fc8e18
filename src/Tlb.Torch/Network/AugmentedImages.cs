using TorchSharp;
using static TorchSharp.torch;

namespace Tlb.Torch;

/// <summary>Makes the network's input of an augmented batch: all images at once, each by its own augmentation.</summary>
internal static class AugmentedImages
{
    private static readonly Scalar Half = 0.5f.ToScalar();
    private static readonly Scalar Zero = 0L.ToScalar();

    /// <summary>Brings a batch to a device and carries out its augmentations.</summary>
    /// <param name="batch">The images, augmented.</param>
    /// <param name="size">S, the network's image size.</param>
    /// <param name="device">The device.</param>
    /// <returns>[batch.Count, S, S, 3].</returns>
    public static Tensor From(ImageBatch batch, int size, Device device)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var parameters = new AugmentationTensors(batch.Augmentations, device);
        using var end = (size + 0.5f).ToScalar();
        var centers = arange(Half, end, Scalars.One, dtype: ScalarType.Float32, device: device); // [S]: of the pixels
        var images = Sample(batch, parameters, centers, device);             // [B, S, S, 3]
        if (parameters.AnyColor)
            images = ChangeColors(images, parameters);
        if (parameters.AnyErased)
            images = parameters.EraseColor.unsqueeze(-1).where(Contains(parameters.Erased, centers).unsqueeze(-1), images);
        return parameters.AnyPartner ? Mix(images, parameters, centers) : images;
    }

    /// <summary>Takes pixels from where the augmentations say, bilinear.</summary>
    /// <param name="batch">The images, of any size.</param>
    /// <param name="parameters">The augmentations.</param>
    /// <param name="centers">The centres of the network's pixels, [S].</param>
    /// <param name="device">The device.</param>
    /// <returns>[B, S, S, 3], scaled for the network.</returns>
    private static Tensor Sample(ImageBatch batch, AugmentationTensors parameters, Tensor centers, Device device)
    {
        var layout = batch.Layout;
        ReadOnlySpan<long> shape = [(long)batch.Count * layout.Height * layout.Width, TlbConfig.Channels];
        var pixels = ImageTensors.PixelsOf(batch, shape, device);            // [B*H*W, 3]
        var (left, right, toRight) = Neighbours(parameters, map: 0, centers, layout.Width); // [B, S, S] each
        var (top, bottom, down) = Neighbours(parameters, map: 3, centers, layout.Height);   // [B, S, S] each

        using Scalar width = layout.Width.ToScalar(), imagePixels = (layout.Height * layout.Width).ToScalar(), end = shape[0].ToScalar();
        var firstPixel = arange(Zero, end, imagePixels, dtype: ScalarType.Int64, device: device).view(-1, 1, 1); // [B, 1, 1]
        top = top.mul(width).add(firstPixel, Scalars.One);
        bottom = bottom.mul(width).add(firstPixel, Scalars.One);
        var upper = Pixels(top.add(left, Scalars.One)).lerp(Pixels(top.add(right, Scalars.One)), toRight);
        var lower = Pixels(bottom.add(left, Scalars.One)).lerp(Pixels(bottom.add(right, Scalars.One)), toRight);
        var images = upper.lerp(lower, down);                                // [B, S, S, 3]
        using Scalar offset = layout.Offset.ToScalar(), scale = layout.Scale.ToScalar();
        return images.sub_(offset).mul_(scale);

        Tensor Pixels(Tensor index) => pixels
            .index_select(0, index.view(-1))                                 // [B*S*S, 3]
            .to(ScalarType.Float32)
            .view(batch.Count, centers.shape[0], centers.shape[0], TlbConfig.Channels); // [B, S, S, 3]
    }

    /// <summary>The two columns (or rows) of the image that each of the network's pixels lies between, [B, S, S], and the second's share, [B, S, S, 1].</summary>
    private static (Tensor First, Tensor Second, Tensor Share) Neighbours(AugmentationTensors parameters, int map, Tensor centers, int size)
    {
        using Scalar last = (size - 1).ToScalar(), period = (2 * size).ToScalar();
        // Sum by sum as the other engine, so that both round alike: a position of 1000 has only three more digits.
        var position = parameters.Sampling(map).mul(centers)                 // [B, 1, S]
            .add(parameters.Sampling(map + 1).mul(centers.unsqueeze(-1)).add(parameters.Sampling(map + 2), Scalars.One), Scalars.One); // [B, S, S]
        if (parameters.AnyReflected)
        {
            var repeated = position.abs().fmod(period);                      // the image and its mirror image, again and again
            var mirrored = repeated.minimum(repeated.neg().add(period, Scalars.One));
            position = mirrored.where(parameters.Reflects, position);
        }
        var at = position.sub(Half).clamp(Zero, last);
        var floor = at.floor();
        var first = floor.to(ScalarType.Int64);
        return (first, first.add(Scalars.One, Scalars.One).clamp_max(last), at.sub(floor).unsqueeze(-1));
    }

    /// <summary>Changes the colours of images.</summary>
    /// <param name="images">[B, S, S, 3].</param>
    /// <param name="parameters">The augmentations.</param>
    /// <returns>[B, S, S, 3].</returns>
    private static Tensor ChangeColors(Tensor images, AugmentationTensors parameters)
    {
        var shape = images.shape;
        return images.view(shape[0], -1, TlbConfig.Channels)                 // [B, S*S, 3]
            .bmm(parameters.ColorWeights)
            .add(parameters.ColorConstants, Scalars.One)
            .clamp(parameters.LowestColor, parameters.HighestColor)
            .view(shape);                                                    // [B, S, S, 3]
    }

    /// <summary>Blends images with their partners, or replaces a part of them by their partner's.</summary>
    /// <param name="images">[B, S, S, 3].</param>
    /// <param name="parameters">The augmentations.</param>
    /// <param name="centers">The centres of the network's pixels, [S].</param>
    /// <returns>[B, S, S, 3].</returns>
    private static Tensor Mix(Tensor images, AugmentationTensors parameters, Tensor centers)
    {
        var replaced = Contains(parameters.FromPartner, centers).to(ScalarType.Float32); // [B, S, S]
        var share = replaced.where(parameters.TakesBox, parameters.PartnerShare).unsqueeze(-1); // [B, S, S, 1]
        return images.lerp(images.index_select(0, parameters.Partner), share);
    }

    /// <summary>Whether each of the network's pixels is in an image's box.</summary>
    /// <param name="box">Left, top, right and bottom, [B, 1, 1] each.</param>
    /// <param name="centers">The centres of the network's pixels, [S].</param>
    /// <returns>[B, S, S].</returns>
    private static Tensor Contains(Tensor[] box, Tensor centers)
    {
        var columns = centers.gt(box[0]).logical_and(centers.lt(box[2]));    // [B, 1, S]
        var down = centers.unsqueeze(-1);                                    // [S, 1]
        var rows = down.gt(box[1]).logical_and(down.lt(box[3]));             // [B, S, 1]
        return columns.logical_and(rows);                                    // [B, S, S]
    }
}
