using TorchSharp;
using static TorchSharp.torch;

namespace Tlb.Torch;

/// <summary>The loss of classification (Keras: <c>SparseCategoricalCrossentropy</c> on probabilities).</summary>
public static class CrossEntropy
{
    private const float Epsilon = 1e-7f;

    private static readonly Scalar Lowest = Epsilon;
    private static readonly Scalar Highest = 1 - Epsilon;

    /// <summary>The loss of each image: -log of its class's probability, which is clipped to 1e-7 .. 1 - 1e-7; where it is, the gradient is 0.</summary>
    /// <param name="probabilities">[B, classes]; each row is divided by its sum first.</param>
    /// <param name="labels">The classes, 64-bit integers, [B].</param>
    /// <returns>[B].</returns>
    public static Tensor PerImage(Tensor probabilities, Tensor labels)
    {
        ArgumentNullException.ThrowIfNull(probabilities);
        ArgumentNullException.ThrowIfNull(labels);
        var normalized = probabilities.div(probabilities.sum(1, keepdim: true)); // [B, classes]
        return normalized.clamp(Lowest, Highest)
            .gather(1, labels.view(-1, 1))                                   // [B, 1]
            .view(-1)                                                        // [B]
            .log().neg();
    }
}
