namespace Tlb.Core;

/// <summary>An image that a training will see, as it is and as the network will see it: to look at before a long run.</summary>
/// <param name="Label">Its class.</param>
/// <param name="MixedLabel">The class of the image that is mixed into it; its own where none is.</param>
/// <param name="Share">Its own share of the label, 0 to 1; the mixed image has the rest.</param>
/// <param name="Original">The image resized to the network's size, [S, S, 3]: red, green and blue from 0 to 255.</param>
/// <param name="Seen">The same, augmented and mixed with others of its batch.</param>
internal sealed record TrainingPreview(int Label, int MixedLabel, float Share, byte[] Original, byte[] Seen)
{
    /// <summary>Takes the first images of an epoch, in their order.</summary>
    /// <param name="images">The training images.</param>
    /// <param name="options">How to train: the images are shuffled, augmented and mixed with others of their batch as in that training.</param>
    /// <param name="network">The network: its image size is S.</param>
    /// <param name="seed">The seed of the training.</param>
    /// <param name="count">How many, 1 or more; at most a batch.</param>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <exception cref="ArgumentException">An option is out of range or there are no images; the message lists all that is wrong.</exception>
    /// <remarks>Values below 0 or above 1 (float inputs in another range) are shown as 0 and 1.</remarks>
    public static IReadOnlyList<TrainingPreview> Take(IImageSource images, TrainingOptions options, TlbConfig network, int seed, int count, int epoch)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(network);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(epoch, 1);
        InvalidOptions.ThrowIfAny(options.GetType().Name, [.. options.Validate(), .. TrainingBatches.Check(images, options, network.NumberOfClasses).Problems]);
        using var batches = new TrainingBatches(images, options, network, seed).Open(epoch);
        var batch = batches.Next();
        var values = new float[network.ImageSize * network.ImageSize * TlbConfig.Channels];
        return [.. Enumerable.Range(0, Math.Min(count, batch.Count)).Select(Show)];

        TrainingPreview Show(int index)
        {
            AugmentedImage.Resize(batch, index, network.ImageSize, values);
            var original = ToBytes(values);
            AugmentedImage.Render(batch, index, network.ImageSize, values);
            var (partner, share) = batch.IsAugmented ? (batch.Augmentations[index].Partner, batch.Augmentations[index].Share) : (index, 1);
            return new(batch.Labels[index], batch.Labels[partner], share, original, ToBytes(values));
        }
    }

    private static byte[] ToBytes(float[] values) => Array.ConvertAll(values, value => (byte)Math.Round(255 * Math.Clamp(value, 0, 1)));
}
