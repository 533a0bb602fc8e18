namespace Tlb.Cpu;

/// <summary>What the lanes stand for when a network is scored: the only thing that differs between many images and one.</summary>
internal unsafe interface ILaneUse<L, TContext>
    where L : unmanaged, ILanes<L>
    where TContext : struct, IContext<L>
{
    /// <summary>The images scored at once.</summary>
    static abstract int Images { get; }

    /// <summary>The columns that the tokens of a chunk take.</summary>
    static abstract int Columns(int tokens);

    /// <summary>Copies the patches of a column: [P, P, 3][lanes].</summary>
    static abstract void TakePatches(TlbConfig config, float* images, int firstToken, int column, float* patches);

    /// <summary>The learned positions of a column's tokens, added to its features.</summary>
    static abstract void AddPositions(TlbConfig config, float* positions, int firstToken, int column, float* x);

    /// <summary>The mean of the tokens of a chunk.</summary>
    static abstract void Pool(int tokens, int features, float* x, int stride, float* pooled);
}
