using TorchSharp;
using static TorchSharp.torch;

namespace Tlb.Torch;

/// <summary>Muon for the matrices inside the network (<see cref="HiddenMatrix"/>), AdamW for all other weights: <see cref="OptimizerKind.Muon"/>.</summary>
/// <remarks>
/// The momentum of a matrix's gradient, of Nesterov's kind, is brought near the orthogonal matrix that is nearest to it: five steps of a
/// polynomial that pulls all singular values towards 1 (Jordan et al., 2024). That is scaled as a step of AdamW would be (Liu et al., 2025).
/// Matrices of one shape go through it together.
/// </remarks>
internal sealed class Muon : IOptimizer
{
    private const float Momentum = 0.95f;
    private const float AdamWScale = 0.2f;                                   // AdamW's steps have about this root mean square
    private const int Iterations = 5;

    private static readonly Scalar Kept = Momentum.ToScalar(), Added = (1 - Momentum).ToScalar();
    private static readonly Scalar Epsilon = 1e-7f.ToScalar();
    private static readonly Scalar A = 3.4445f.ToScalar(), B = (-4.7750f).ToScalar(), C = 2.0315f.ToScalar(); // of the polynomial a s + b s^3 + c s^5, steep at 0

    private readonly AdamW _rest;
    private readonly Tensor _weights;
    private readonly List<IGrouping<(int Rows, int Columns), HiddenMatrix>> _shapes;
    private readonly float _weightDecay;

    /// <summary>Makes an optimizer.</summary>
    /// <param name="weights">The weights it updates in place, [P].</param>
    /// <param name="matrices">The matrices among them.</param>
    /// <param name="weightDecay">The decoupled weight decay.</param>
    /// <param name="decayed">1 for weights that decay, beside the matrices, and 0 for others, [P]; null for all. It is copied.</param>
    public Muon(Tensor weights, IEnumerable<HiddenMatrix> matrices, float weightDecay, Tensor? decayed)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(matrices);
        (_weights, _weightDecay) = (weights, weightDecay);
        _shapes = [.. matrices.GroupBy(matrix => (matrix.Rows, matrix.Columns))];
        _rest = new(weights, weightDecay, decayed);
    }

    public Tensor Mean => _rest.Mean;

    public Tensor Variance => _rest.Variance;

    public Tensor Steps => _rest.Steps;

    public void Step(Tensor gradient, float learningRate, Tensor? isFinite = null)
    {
        ArgumentNullException.ThrowIfNull(gradient);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var decay = (1 - learningRate * _weightDecay).ToScalar();
        List<(HiddenMatrix Matrix, Tensor Weights, Tensor Momentum)> updates = [];
        foreach (var shape in _shapes)
        {
            var (rows, columns) = shape.Key;
            var g = Stack(gradient, shape);                                  // [matrices, rows, columns]
            var momentum = Stack(Mean, shape).mul_(Kept).add_(g, Added);
            var direction = Orthogonal(momentum.mul(Kept).add_(g, Added));   // Nesterov: once more
            using var rate = (-learningRate * AdamWScale * MathF.Sqrt(Math.Max(rows, columns))).ToScalar();
            var moved = Stack(_weights, shape).mul_(decay).add_(direction, rate);
            var i = 0;
            foreach (var matrix in shape)
                updates.Add((matrix, moved.select(0, i).flatten(), momentum.select(0, i++).flatten()));
        }
        _rest.Step(gradient, learningRate, isFinite);
        foreach (var (matrix, moved, momentum) in updates)                   // over what AdamW made of them
        {
            Set(_weights, moved);
            Set(Mean, momentum);

            void Set(Tensor all, Tensor values)
            {
                var target = all.narrow(0, matrix.Offset, matrix.Count);
                target.copy_(isFinite is null ? values : values.where(isFinite, target));
            }
        }
    }

    /// <summary>Frees the optimizer's state. The weights stay.</summary>
    public void Dispose() => _rest.Dispose();

    /// <summary>The matrices of a shape, [matrices, rows, columns].</summary>
    private static Tensor Stack(Tensor all, IGrouping<(int Rows, int Columns), HiddenMatrix> shape) =>
        stack([.. shape.Select(matrix => all.narrow(0, matrix.Offset, matrix.Count).view(matrix.Rows, matrix.Columns))]);

    /// <summary>Brings matrices near orthogonal ones.</summary>
    /// <param name="matrices">[matrices, rows, columns].</param>
    private static Tensor Orthogonal(Tensor matrices)
    {
        var isTall = matrices.size(1) > matrices.size(2);                    // then the transposed are worked on: fewer products
        var x = isTall ? matrices.transpose(1, 2) : matrices;                // [matrices, m, n], m <= n
        x = x.div(x.mul(x).sum([1, 2], keepdim: true).sqrt().add(Epsilon, Scalars.One));
        for (var i = 0; i < Iterations; i++)
        {
            var gram = x.matmul(x.transpose(1, 2));                          // [matrices, m, m]
            var polynomial = gram.mul(B).add_(gram.matmul(gram), C);
            x = polynomial.matmul(x).add_(x, A);                             // [matrices, m, n]
        }
        return isTall ? x.transpose(1, 2) : x;
    }
}
