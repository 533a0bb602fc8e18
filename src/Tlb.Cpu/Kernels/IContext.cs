using System.Runtime.CompilerServices;

namespace Tlb.Cpu;

/// <summary>How the tokens that attention reads from lie in memory.</summary>
internal unsafe interface IContext<L> where L : unmanaged, ILanes<L>
{
    /// <summary>One feature of one token, in every lane that it concerns.</summary>
    static abstract L Load(float* context, int stride, int token, int feature);
}

/// <summary>Lanes are images: each lane reads from the tokens of its own image, one column for each token.</summary>
internal readonly unsafe struct ImageLanes<L> : IContext<L> where L : unmanaged, ILanes<L>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static L Load(float* context, int stride, int token, int feature) => L.Load(context + token * stride + feature * L.Count);
}

/// <summary>Lanes are tokens of one image: all lanes read from the same token, which is a lane of some column.</summary>
internal readonly unsafe struct TokenLanes<L> : IContext<L> where L : unmanaged, ILanes<L>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static L Load(float* context, int stride, int token, int feature) =>
        L.All(context[token / L.Count * stride + feature * L.Count + token % L.Count]);
}
