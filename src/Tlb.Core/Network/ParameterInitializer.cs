namespace Tlb.Core;

/// <summary>How a parameter's values start: a constant, or uniform numbers between -<paramref name="Limit"/> and <paramref name="Limit"/>.</summary>
/// <param name="Constant">The value of all of them where <paramref name="Limit"/> is 0.</param>
/// <param name="Limit">The largest magnitude of the uniform numbers.</param>
public readonly record struct ParameterInitializer(float Constant, float Limit)
{
    /// <summary>All zeros: biases and the shift of a normalisation.</summary>
    public static ParameterInitializer Zeros { get; } = new(0, 0);

    /// <summary>All ones: the scale of a normalisation.</summary>
    public static ParameterInitializer Ones { get; } = new(1, 0);

    /// <summary>Uniform between plus and minus 0.05 (Keras's <c>RandomUniform</c> default, for position embeddings).</summary>
    public static ParameterInitializer Positions { get; } = new(0, 0.05f);

    /// <summary>Keras's <c>glorot_uniform</c> for a kernel of this shape.</summary>
    /// <param name="shape">
    /// The kernel's shape. As in Keras, the last two sizes are fan-in and fan-out and all sizes before them multiply both,
    /// also for the [D, heads, D] kernels of attention.
    /// </param>
    public static ParameterInitializer GlorotUniform(params ReadOnlySpan<int> shape)
    {
        double field = 1;
        foreach (var size in shape[..^2])
            field *= size;
        return new(0, (float)Math.Sqrt(6 / (field * shape[^2] + field * shape[^1])));
    }
}
