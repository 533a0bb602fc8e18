using System.Numerics;
using System.Runtime.CompilerServices;

namespace Tlb.Cpu;

/// <summary>A change of colours for each lane.</summary>
internal sealed unsafe class LaneColors<L> : IDisposable where L : unmanaged, ILanes<L>
{
    private const int Weights = 4 * TlbConfig.Channels;
    private const int Lowest = Weights;
    private const int Highest = Weights + 1;

    private readonly AlignedFloats _values = new((Weights + 2) * L.Count);   // [3][4][lanes], then the bounds [2][lanes]
    private bool _isActive;

    /// <summary>Leaves all lanes as they are.</summary>
    public void Clear()
    {
        _isActive = false;
        for (var lane = 0; lane < L.Count; lane++)
            Set(lane, ColorChange.None, float.NegativeInfinity, float.PositiveInfinity);
    }

    /// <summary>Changes a lane; its colours are clipped to 0 to 1.</summary>
    public void Set(int lane, in ColorChange color)
    {
        _isActive = true;
        Set(lane, color, 0, 1);
    }

    /// <summary>Changes colours.</summary>
    /// <param name="colors">[pixels][3][lanes].</param>
    /// <param name="pixels">The pixels of each lane.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Apply(float* colors, int pixels)
    {
        if (!_isActive)
            return;
        for (; pixels > 0; pixels--, colors += TlbConfig.Channels * L.Count)
        {
            L red = L.Load(colors), green = L.Load(colors + L.Count), blue = L.Load(colors + 2 * L.Count);
            for (var c = 0; c < TlbConfig.Channels; c++)
            {
                var sum = L.MultiplyAdd(red, Value(4 * c), Value(4 * c + 3));
                sum = L.MultiplyAdd(green, Value(4 * c + 1), sum);
                sum = L.MultiplyAdd(blue, Value(4 * c + 2), sum);
                L.Store(L.Min(L.Max(sum, Value(Lowest)), Value(Highest)), colors + c * L.Count);
            }
        }
    }

    public void Dispose() => _values.Dispose();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private L Value(int index) => L.Load(_values.Pointer + index * L.Count);

    private void Set(int lane, in ColorChange color, float lowest, float highest)
    {
        ReadOnlySpan<Vector4> rows = [color.Red, color.Green, color.Blue];
        for (var i = 0; i < Weights; i++)
            _values.Pointer[i * L.Count + lane] = rows[i / 4][i % 4];
        _values.Pointer[Lowest * L.Count + lane] = lowest;
        _values.Pointer[Highest * L.Count + lane] = highest;
    }
}
