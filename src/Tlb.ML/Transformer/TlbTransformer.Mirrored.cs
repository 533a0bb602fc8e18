namespace Tlb.ML;

public sealed partial class TlbTransformer
{
    /// <summary>
    /// Whether the mirror image of each picture is scored as well and the mean of both probabilities taken (test-time augmentation): right
    /// more often where training mirrored pictures (<see cref="AugmentationOptions.HorizontalFlip"/>), in twice the time. Not for letters and
    /// other things with a left and a right. <see cref="Explain(MLImage)"/> goes by the picture alone. It is not saved with the model. Default false.
    /// </summary>
    public bool AverageMirrorImages { get; set; }

    /// <summary>Brings the probabilities of mirror images in.</summary>
    private void AddMirrored(ImageBatch images, Span<float> probabilities)
    {
        var mirrored = new ImageBatch(images.Layout, images.Count);
        images.MirrorTo(mirrored);
        var others = new float[probabilities.Length];                        // [N, classes]
        _scorer.Value.Score(mirrored, others);
        for (var i = 0; i < others.Length; i++)
            probabilities[i] = (probabilities[i] + others[i]) / 2;
    }
}
