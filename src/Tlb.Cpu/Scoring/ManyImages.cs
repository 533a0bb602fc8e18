namespace Tlb.Cpu;

/// <summary>Makes passes that score as many images at once as there are lanes.</summary>
internal sealed class ManyImages(FoldedNetwork network) : ILanesFactory<IScoringPass>
{
    public IScoringPass Create<L>() where L : unmanaged, ILanes<L> => new ScoringPass<L, ImagesInLanes<L>>(network);
}
