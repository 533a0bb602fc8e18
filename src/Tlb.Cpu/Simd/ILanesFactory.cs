namespace Tlb.Cpu;

/// <summary>Makes something that is compiled for one kind of register.</summary>
/// <typeparam name="T">What it makes.</typeparam>
internal interface ILanesFactory<out T>
{
    T Create<L>() where L : unmanaged, ILanes<L>;
}
