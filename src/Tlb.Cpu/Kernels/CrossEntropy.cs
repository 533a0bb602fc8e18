namespace Tlb.Cpu;

/// <summary>The loss of an image (Keras: categorical cross-entropy on probabilities, which are clipped to 1e-7 .. 1 - 1e-7).</summary>
internal static class CrossEntropy
{
    private const float Epsilon = 1e-7f;

    /// <summary>The target probabilities of an image of a batch: its class, that of the image mixed in, and what is spread over all classes.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="index">The image's place in it.</param>
    /// <param name="smoothing">The share that is spread evenly over all classes.</param>
    /// <param name="target">Receives the probability of each class.</param>
    public static void Target(ImageBatch batch, int index, float smoothing, Span<float> target)
    {
        target.Fill(smoothing / target.Length);
        var (partner, share) = batch.IsAugmented ? (batch.Augmentations[index].Partner, batch.Augmentations[index].Share) : (index, 1f);
        target[batch.Labels[index]] += (1 - smoothing) * share;
        target[batch.Labels[partner]] += (1 - smoothing) * (1 - share);
    }

    /// <summary>The loss of an image and its gradient.</summary>
    /// <param name="probabilities">The probabilities of the classes; they become the gradient of the loss by the logits.</param>
    /// <param name="target">The target probabilities.</param>
    /// <param name="weight">The image's weight.</param>
    /// <returns>The figures of the image: its loss times its weight, and whether its most probable class has the largest target.</returns>
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
