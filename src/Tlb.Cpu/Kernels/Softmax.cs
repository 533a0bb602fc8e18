namespace Tlb.Cpu;

/// <summary>The softmax of one image's logits.</summary>
internal static class Softmax
{
    /// <summary>Logits become probabilities.</summary>
    public static void Forward(Span<float> values)
    {
        var largest = float.NegativeInfinity;
        foreach (var value in values)
            largest = Math.Max(largest, value);
        float sum = 0;
        foreach (ref var value in values)
            sum += value = MathF.Exp(value - largest);
        foreach (ref var value in values)
            value /= sum;
    }
}
