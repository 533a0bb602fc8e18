namespace Tlb.Cpu;

/// <summary>Makes trainers of tiles.</summary>
internal sealed class TileTrainers(FoldedNetwork network, float labelSmoothing) : ILanesFactory<ITileTrainer>
{
    public ITileTrainer Create<L>() where L : unmanaged, ILanes<L> => new TileTrainer<L>(network, labelSmoothing);
}
