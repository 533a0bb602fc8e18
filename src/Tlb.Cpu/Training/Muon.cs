using System.Collections.Concurrent;

namespace Tlb.Cpu;

/// <summary>Muon for the matrices inside the network (<see cref="HiddenMatrix"/>), AdamW for all other weights: <see cref="OptimizerKind.Muon"/>.</summary>
/// <remarks>
/// The momentum of a matrix's gradient, of Nesterov's kind, is brought near the orthogonal matrix that is nearest to it: five steps of a
/// polynomial that pulls all singular values towards 1 (Jordan et al., 2024). That is scaled as a step of AdamW would be (Liu et al., 2025).
/// </remarks>
internal sealed class Muon : IOptimizer
{
    private const float Momentum = 0.95f;
    private const float AdamWScale = 0.2f;                                   // AdamW's steps have about this root mean square

    private readonly IReadOnlyList<HiddenMatrix> _matrices;
    private readonly AdamW _rest;
    private readonly ConcurrentBag<NewtonSchulz> _scratch = [];

    /// <summary>Makes an optimizer.</summary>
    /// <param name="count">The weights.</param>
    /// <param name="matrices">The matrices, in order.</param>
    /// <param name="weightDecay">The decoupled weight decay.</param>
    /// <param name="decayed">The weights that decay, the matrices among them.</param>
    public Muon(int count, IReadOnlyList<HiddenMatrix> matrices, float weightDecay, IReadOnlyList<Range> decayed)
    {
        _matrices = matrices;
        List<Range> rest = [];
        var end = 0;
        foreach (var matrix in matrices)
        {
            rest.Add(end..matrix.Offset);
            end = matrix.Offset + matrix.Count;
        }
        rest.Add(end..count);
        _rest = new(count, weightDecay, decayed, rest);
    }

    public float[] Mean => _rest.Mean;

    public float[] Variance => _rest.Variance;

    public long StepCount
    {
        get => _rest.StepCount;
        set => _rest.StepCount = value;
    }

    public void Step(float[] weights, float[] gradient, float learningRate)
    {
        _rest.Step(weights, gradient, learningRate);                         // and the decay of all
        Cores.For(_matrices.Count, i =>
        {
            var scratch = _scratch.TryTake(out var free) ? free : new();
            Step(_matrices[i], weights, gradient, learningRate, scratch);
            _scratch.Add(scratch);
        });
    }

    private void Step(HiddenMatrix matrix, float[] weights, float[] gradient, float learningRate, NewtonSchulz scratch)
    {
        var w = weights.AsSpan(matrix.Offset, matrix.Count);
        var g = gradient.AsSpan(matrix.Offset, matrix.Count);
        var momentum = Mean.AsSpan(matrix.Offset, matrix.Count);
        WeightVectors.MoveTowards(momentum, g, 1 - Momentum);
        var direction = scratch.Direction(matrix.Count);
        momentum.CopyTo(direction);
        WeightVectors.MoveTowards(direction, g, 1 - Momentum);               // Nesterov: once more
        scratch.Orthogonalize(direction, matrix.Rows, matrix.Columns);
        SmallMatrix.AddScaled(w, direction, -learningRate * AdamWScale * MathF.Sqrt(Math.Max(matrix.Rows, matrix.Columns)));
    }
}
