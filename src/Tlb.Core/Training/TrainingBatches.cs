namespace Tlb.Core;

/// <summary>The batches a network is trained on: in each epoch all images once, shuffled, and prepared ahead of their step.</summary>
/// <remarks>What an epoch holds depends on the seed and the epoch alone.</remarks>
internal sealed class TrainingBatches
{
    private readonly IImageSource _images;
    private readonly CancellationToken _cancellation;
    private readonly int _seed;
    private readonly float[]? _classWeights;
    private readonly Augmenter? _augmenter;
    private readonly Func<int, Range>? _shareOf;
    private readonly (ImageBatch First, ImageBatch Second) _batches;

    /// <summary>Makes the batches of a training run.</summary>
    /// <param name="images">The training images; 1 or more.</param>
    /// <param name="options">How to train.</param>
    /// <param name="network">The network.</param>
    /// <param name="seed">The seed of all that is random here.</param>
    /// <param name="ranks">The processes that share each batch; null for this one alone.</param>
    /// <param name="shareOf">This one's share of a batch of so many images: of others no pixels are read.</param>
    public TrainingBatches(IImageSource images, TrainingOptions options, TlbConfig network, int seed, Ranks? ranks = null, Func<int, Range>? shareOf = null)
    {
        (_images, _cancellation, _seed) = (images, ranks?.Cancellation ?? options.CancellationToken, seed);
        _shareOf = ranks is null ? null : shareOf;
        BatchSize = Math.Min(options.BatchSize, images.Count);
        StepCount = (images.Count + BatchSize - 1) / BatchSize;
        _batches = (new(images.Layout, BatchSize), new(images.Layout, BatchSize));
        _classWeights = options.BalanceClasses ? ClassWeights.Balanced(images.Labels, network.NumberOfClasses) : options.ClassWeights?.ToArray();
        _augmenter = options.Augmentation.IsActive ? new(options.Augmentation, network.ImageSize, seed) : null;
    }

    /// <summary>The images of a batch; the last of an epoch may be smaller.</summary>
    public int BatchSize { get; }

    /// <summary>The batches of an epoch.</summary>
    public int StepCount { get; }

    /// <summary>Finds what keeps options from being used with these images.</summary>
    public static OptionsCheck Check(IImageSource images, TrainingOptions options, int numberOfClasses)
    {
        var check = OptionsCheck.Of(options);
        if (images.Count == 0)
            check.Problems.Add("There are no training images; expected 1 or more.");
        if (options.ClassWeights is { } weights && weights.Count != numberOfClasses)
            check.Add(nameof(options.ClassWeights), FormattableString.Invariant($"has {weights.Count} weights; expected {numberOfClasses}, one for each class."));
        else if (options.ClassWeights is { } given && images.Count > 0 && images.Labels.All(label => given[label] == 0))
            check.Add(nameof(options.ClassWeights), "is 0 for every class that has images; expected a weight above 0 for one of them.");
        return check;
    }

    /// <summary>Begins an epoch; one at a time, as they all use the same memory.</summary>
    /// <param name="epoch">The epoch, from 1.</param>
    public BatchFeeder Open(int epoch)
    {
        var reader = _images.Read(Mix(_seed, epoch));
        if (_shareOf is not null)
            reader = new ShareReader(_images, reader, _shareOf, (position, count) => _augmenter?.PartnerDistance(epoch, position, count) ?? 0);
        return new(reader, _batches, Prepare(epoch), _cancellation);
    }

    /// <summary>What is done to a batch of an epoch once it holds its images; on another thread, batch after batch.</summary>
    private Action<ImageBatch> Prepare(int epoch)
    {
        long position = 0;
        return batch =>
        {
            if (_classWeights is not null)
                for (var i = 0; i < batch.Count; i++)
                    batch.Weights[i] *= _classWeights[batch.Labels[i]];
            _augmenter?.Augment(batch, epoch, position);
            position += batch.Count;
        };
    }

    /// <summary>A seed of an epoch.</summary>
    private static int Mix(int seed, int epoch)
    {
        var mixed = unchecked(((ulong)(uint)seed + (ulong)epoch * 0x9E3779B97F4A7C15UL) * 0xBF58476D1CE4E5B9UL);
        return (int)(mixed >> 33);
    }
}
