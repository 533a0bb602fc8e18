namespace Tlb.Cpu;

/// <summary>Gradients of some tiles, added up, and the metrics of their images.</summary>
/// <param name="count">The gradients.</param>
internal sealed class GradientSum(int count) : IDisposable
{
    /// <summary>The gradients, as <see cref="GradientLayout"/> has them.</summary>
    public AlignedFloats Gradients { get; } = new(count);

    /// <summary>The metrics.</summary>
    public BatchMetrics Metrics { get; set; }

    /// <summary>Begins anew.</summary>
    public void Clear()
    {
        Gradients.Span.Clear();
        Metrics = default;
    }

    /// <summary>Adds those of further tiles.</summary>
    public void Add(GradientSum next)
    {
        WeightVectors.Add(Gradients.Span, next.Gradients.Span);
        Metrics += next.Metrics;
    }

    public void Dispose() => Gradients.Dispose();
}
