namespace Tlb.Cpu;

/// <summary>The loss of an image (Keras: categorical cross-entropy on probabilities, which are clipped to 1e-7 .. 1 - 1e-7).</summary>
internal static class CrossEntropy
{
    private const float Epsilon = 1e-7f;

    /// <summary>The loss of an image and its gradient.</summary>
    /// <param name="probabilities">The probabilities of the classes; they become the gradient of the loss by the logits.</param>
    /// <param name="target">The target probabilities.</param>
    /// <param name="weight">The image's weight.</param>
    /// <returns>The metrics of the image: its loss times its weight, and whether its most probable class has the largest target.</returns>
    public static BatchMetrics LossAndGradient(Span<float> probabilities, ReadOnlySpan<float> target, float weight)
    {
        double loss = 0;
        float counted = 0;                                                   // the targets whose probability is not clipped: only they have a gradient
        int best = 0, wanted = 0;
        for (var c = 0; c < probabilities.Length; c++)
        {
            if (probabilities[c] > probabilities[best])
                best = c;
            if (target[c] > target[wanted])
                wanted = c;
            if (target[c] == 0)
                continue;
            var clipped = Math.Clamp(probabilities[c], Epsilon, 1 - Epsilon);
            loss -= target[c] * (float.IsNaN(probabilities[c]) ? double.NaN : MathF.Log(clipped));
            counted += clipped == probabilities[c] ? target[c] : 0;
        }
        for (var c = 0; c < probabilities.Length; c++)
            probabilities[c] = weight * (probabilities[c] * counted - (probabilities[c] is >= Epsilon and <= 1 - Epsilon ? target[c] : 0));
        return new(1, weight * loss, best == wanted ? 1 : 0);
    }
}
