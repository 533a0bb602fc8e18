using TorchSharp;
using static TorchSharp.torch;

namespace Tlb.Torch;

/// <summary>Sets a share of values to zero in training, and scales the others up by as much (Keras: <c>Dropout</c>).</summary>
/// <remarks>
/// TorchSharp has generators of random numbers for the CPU only; a CUDA device has one, which belongs to the whole process. So the
/// numbers are made here: counters, mixed on the device. They depend on the seed and on how many were used since, and on nothing
/// else that runs. Many are made at a time, of which each call takes its part.
/// </remarks>
internal sealed class Dropout : IDisposable
{
    private const long Block = 1 << 22;                                      // the most numbers made ahead, 16 MB

    // Odd, with bits in no order (Weyl's increment; Wellons's lowbias32).
    private static readonly Scalar Spread = unchecked((int)0x9E3779B9).ToScalar();
    private static readonly Scalar Mix1 = 0x7FEB352D.ToScalar();
    private static readonly Scalar Mix2 = unchecked((int)0x846CA68B).ToScalar();
    private static readonly Scalar Zero = 0L.ToScalar();

    private readonly float _rate;
    private readonly ScalarType _type;
    private readonly Device _device;
    private readonly Scalar _lowestKept;
    private readonly Scalar _scale;
    private readonly Tensor _shift;                                          // [], on the host: half the bits
    private int _seed;
    private Tensor? _masks;                                                  // [n], each 0 or the scale
    private long _first;                                                     // the counter of the first of them
    private long _end;                                                       // and that after the last
    private long _next;                                                      // the counter to use next
    private long _usual;                                                     // how many counters a seed has served

    /// <summary>Makes a dropout. It draws nothing before <see cref="Seed"/>.</summary>
    /// <param name="rate">The share of values to drop, 0 to below 1.</param>
    /// <param name="type">The type of the values.</param>
    /// <param name="device">Their device.</param>
    public Dropout(float rate, ScalarType type, Device device)
    {
        (_rate, _type, _device) = (rate, type, device);
        _lowestKept = ((long)(rate * Math.ScaleB(1, 32)) + int.MinValue).ToScalar();
        _scale = (1 / (1 - rate)).ToScalar();
        _shift = tensor(16).DetachFromDisposeScope();
    }

    /// <summary>Begins to draw anew.</summary>
    /// <param name="seed">What decides the random numbers from here on.</param>
    public void Seed(int seed)
    {
        (_seed, _usual, _next) = (seed, Math.Max(_usual, _next), 0);
        Forget();
    }

    /// <summary>Drops values.</summary>
    /// <param name="x">Any shape.</param>
    /// <returns>The same shape.</returns>
    public Tensor Forward(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (_rate == 0)
            return x;
        var shape = x.shape;
        var count = shape.Aggregate(1L, (product, size) => product * size);
        if (_next + count > _end)
            Draw(Math.Max(count, Math.Min(Block, Math.Max(_usual - _next, _next))));
        var masks = _masks!.narrow(0, _next - _first, count);
        _next += count;
        return x.mul(masks.view(shape));
    }

    /// <summary>Frees what was drawn.</summary>
    public void Dispose()
    {
        Forget();
        _shift.Dispose();
        _lowestKept.Dispose();
        _scale.Dispose();
    }

    /// <summary>Draws for the counters from <see cref="_next"/> on. What a counter gives does not depend on how many are drawn at a time.</summary>
    private void Draw(long count)
    {
        Forget();
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using Scalar end = count.ToScalar(), start = unchecked((int)(_seed + _next * 0x9E3779B9)).ToScalar();
        var x = arange(Zero, end, Scalars.One, ScalarType.Int32, _device);   // [n]
        x.mul_(Spread).add_(start, Scalars.One);
        Fold(x).mul_(Mix1);
        Fold(x).mul_(Mix2);
        _masks = Fold(x).mul_(Mix1).ge(_lowestKept).to(_type).mul_(_scale).DetachFromDisposeScope();
        (_first, _end) = (_next, _next + count);

        // High bits to low ones; the products bring low bits to high ones.
        Tensor Fold(Tensor numbers) => numbers.bitwise_xor_(numbers.bitwise_right_shift(_shift));
    }

    private void Forget()
    {
        _masks?.Dispose();
        (_masks, _first, _end) = (null, 0, 0);
    }
}
