namespace Tlb.Cpu.Tests;

public sealed class RegistersTests
{
    /// <summary>For every width, not only those of this machine.</summary>
    [Fact]
    public void What_is_made_has_the_lanes_that_were_asked_for()
    {
        foreach (var lanes in new[] { Lanes128.Count, Lanes256.Count, Lanes512.Count })
            Assert.Equal(lanes, Registers.Create(lanes, new LaneCount()));
    }

    [Fact]
    public void Narrow_registers_are_no_wider_than_wide_ones()
    {
        Assert.Equal(Registers.MostLanes, Lanes512.Count);
        Assert.InRange(Registers.WideLanes, Lanes128.Count, Registers.MostLanes);
        Assert.InRange(Registers.NarrowLanes, Lanes128.Count, Math.Min(Lanes256.Count, Registers.WideLanes));
    }

    private sealed class LaneCount : ILanesFactory<int>
    {
        public int Create<L>() where L : unmanaged, ILanes<L> => L.Count;
    }
}
