namespace Tlb.Cpu;

/// <summary>Makes passes that score a single image.</summary>
internal sealed class OneImage(FoldedNetwork network) : ILanesFactory<IScoringPass>
{
    public IScoringPass Create<L>() where L : unmanaged, ILanes<L> => new ScoringPass<L, TokensInLanes<L>>(network);
}
