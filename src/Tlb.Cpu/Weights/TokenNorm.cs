namespace Tlb.Cpu;

/// <summary>The scale and shift of a normalisation that several layers follow, so that they are not folded into one.</summary>
internal sealed unsafe class TokenNorm(int features, GradientLayout? gradients) : IDisposable
{
    private readonly AlignedFloats _values = new(2 * features);              // [2][D]

    /// <summary>The scale, [D].</summary>
    public float* Scale => _values.Pointer;

    /// <summary>The shift, [D].</summary>
    public float* Shift => _values.Pointer + features;

    /// <summary>Where the gradients of both lie, [2, D].</summary>
    public GradientBlock Gradient { get; } = gradients?.Add(2, features) ?? default;

    public void Set(ReadOnlySpan<float> scale, ReadOnlySpan<float> shift)
    {
        scale.CopyTo(_values.Span);
        shift.CopyTo(_values.Span[features..]);
    }

    public void Dispose() => _values.Dispose();
}
