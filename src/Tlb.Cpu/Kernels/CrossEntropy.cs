namespace Tlb.Cpu;

/// <summary>The loss of an image (Keras: <c>SparseCategoricalCrossentropy</c> on probabilities).</summary>
internal static class CrossEntropy
{
    private const float Epsilon = 1e-7f;

    /// <summary>-log of the class's probability, which is clipped to 1e-7 .. 1 - 1e-7.</summary>
    /// <param name="probabilities">The probabilities of the classes.</param>
    /// <param name="label">The image's class.</param>
    /// <param name="isClipped">Whether the probability was clipped: the gradient is 0 then.</param>
    /// <returns>The figures of the image.</returns>
    public static BatchMetrics Of(ReadOnlySpan<float> probabilities, int label, out bool isClipped)
    {
        var best = 0;
        for (var c = 1; c < probabilities.Length; c++)
            if (probabilities[c] > probabilities[best])
                best = c;
        var probability = probabilities[label];
        var clipped = Math.Clamp(probability, Epsilon, 1 - Epsilon);
        isClipped = clipped != probability;
        return new(1, float.IsNaN(probability) ? double.NaN : -MathF.Log(clipped), best == label ? 1 : 0);
    }
}
