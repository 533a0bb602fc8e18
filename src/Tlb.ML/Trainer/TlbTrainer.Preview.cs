using System.Globalization;

namespace Tlb.ML;

public sealed partial class TlbTrainer
{
    /// <summary>
    /// Takes the first images of a training with these options, as they are and as the network will see them: shuffled, resized, augmented
    /// and mixed. To look at before a long run. Nothing is trained.
    /// </summary>
    /// <param name="input">The images and their labels, as for <see cref="Fit"/>.</param>
    /// <param name="count">How many images, 1 or more; at most a batch. Default 64.</param>
    /// <param name="epoch">The epoch, from 1: each shows the images in another order, augmented in another way. Default 1.</param>
    /// <returns>The images, in the order of the training.</returns>
    /// <exception cref="ArgumentException">An option is out of range (the message lists all that are).</exception>
    /// <exception cref="ArgumentOutOfRangeException">The count, the epoch or a column can't be used.</exception>
    /// <exception cref="InvalidDataException">There are no images, images of several sizes, or an image can't be read.</exception>
    /// <exception cref="OperationCanceledException">The options' cancellation token was set.</exception>
    public IReadOnlyList<PreviewedImage> Preview(IDataView input, int count = 64, int epoch = 1)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(epoch, 1);
        CheckOptions(_options);
        using var channel = _host.Start("Preview");
        var (initial, images, label) = Read(input, channel, _options.CancellationToken);
        var names = ClassLabels.From(label);
        return [.. TrainingPreview.Take(HoldOut(images).Training, _options, initial.Config, _seed, count, epoch).Select(image => new PreviewedImage(image, initial.Config.ImageSize, NameOf))];

        string NameOf(int index) => names?.Names[index] ?? (index + 1).ToString(CultureInfo.InvariantCulture);
    }
}
