using TorchSharp;
using static TorchSharp.torch;

namespace Tlb.Torch;

/// <summary>The loss of classification (Keras: <c>CategoricalCrossentropy</c> on probabilities, with <c>label_smoothing</c>).</summary>
internal static class CrossEntropy
{
    private const float Epsilon = 1e-7f;

    private static readonly Scalar Lowest = Epsilon.ToScalar();
    private static readonly Scalar Highest = (1 - Epsilon).ToScalar();

    /// <summary>The target probabilities of a batch: each image's class, that of the image mixed into it, and what is spread over all classes.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="classes">The number of classes.</param>
    /// <param name="smoothing">The share that is spread evenly over all classes.</param>
    /// <param name="device">The device.</param>
    /// <returns>[B, classes]; each row adds up to 1.</returns>
    public static Tensor Targets(ImageBatch batch, int classes, float smoothing, Device device)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var targets = new float[batch.Count * classes];
        for (var i = 0; i < batch.Count; i++)
            batch.CopyTargetTo(i, smoothing, targets.AsSpan(i * classes, classes));
        return new ReadOnlySpan<float>(targets).ToTensor([batch.Count, classes], ScalarType.Float32, device);
    }

    /// <summary>The loss of each image: -log of the probabilities, which are clipped to 1e-7 .. 1 - 1e-7 (where one is, its gradient is 0), times the targets.</summary>
    /// <param name="probabilities">[B, classes]; each row is divided by its sum first.</param>
    /// <param name="targets">[B, classes].</param>
    /// <returns>[B].</returns>
    public static Tensor PerImage(Tensor probabilities, Tensor targets)
    {
        ArgumentNullException.ThrowIfNull(probabilities);
        ArgumentNullException.ThrowIfNull(targets);
        var normalized = probabilities.div(probabilities.sum(1, keepdim: true)); // [B, classes]
        return normalized.clamp(Lowest, Highest).log().mul(targets).sum(1).neg(); // [B]
    }
}
