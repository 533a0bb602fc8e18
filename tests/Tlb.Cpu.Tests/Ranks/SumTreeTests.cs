using System.Collections.Concurrent;
using System.Globalization;

namespace Tlb.Cpu.Tests;

/// <summary>The order of addition depends on the number of leaves alone.</summary>
public sealed class SumTreeTests
{
    [Theory]
    [InlineData(1, "0")]
    [InlineData(2, "(0+1)")]
    [InlineData(5, "(((0+1)+(2+3))+4)")]
    [InlineData(8, "(((0+1)+(2+3))+((4+5)+(6+7)))")]
    public void Neighbours_are_added_in_pairs(int leaves, string expected) => Assert.Equal(expected, Text(leaves));

    [Fact]
    public void However_leaves_are_shared_the_sum_is_the_same()
    {
        for (var leaves = 1; leaves <= 40; leaves++)
            for (var shares = 1; shares <= 45; shares++)
            {
                var tree = new SumTree(leaves);
                Dictionary<(int, int), string> nodes = [];
                for (var share = 0; share < shares; share++)
                    foreach (var node in tree.Cover(tree.Share(share, shares)))
                        nodes.Add(node, Text(leaves, node));
                Assert.Equal(Text(leaves), tree.Sum(nodes, (left, right) => $"({left}+{right})"));
            }
    }

    /// <summary>Leaves come in any order, and what is left in the end are the fewest nodes.</summary>
    [Fact]
    public void Whatever_is_finished_first_the_sums_are_the_same()
    {
        var random = new Random(1);
        for (var leaves = 1; leaves <= 24; leaves++)
            for (var end = 1; end <= leaves; end++)
            {
                var tree = new SumTree(leaves);
                var mine = (First: random.Next(end), End: end);
                using var metrics = new Disposables();
                var sum = new BatchSum(tree, mine, metrics.Free);
                var order = Enumerable.Range(mine.First, mine.End - mine.First).ToArray();
                random.Shuffle(order);
                foreach (var leaf in order)
                    sum.Add(leaf, metrics.Leaf(leaf));
                var cover = tree.Cover(mine);
                Assert.Equal(cover.Order(), sum.Nodes.Keys.Order());
                foreach (var node in cover)
                    Assert.Equal(tree.Sum(LeafLosses(tree), (left, right) => left + right, node), sum.Nodes[node].Metrics.LossSum);
            }
    }

    /// <summary>Numbers of which no two sums in another order are alike.</summary>
    private static double Loss(int leaf) => Math.Exp(leaf * 1.7 % 11);

    private static Dictionary<(int Level, int Index), double> LeafLosses(SumTree tree) => Enumerable.Range(0, tree.Leaves).ToDictionary(leaf => (0, leaf), Loss);

    private static string Text(int leaves, (int Level, int Index)? node = null) => new SumTree(leaves).Sum(
        Enumerable.Range(0, leaves).ToDictionary(leaf => (0, leaf), leaf => leaf.ToString(CultureInfo.InvariantCulture)), (left, right) => $"({left}+{right})", node);

    private sealed class Disposables : IDisposable
    {
        private readonly List<GradientSum> _all = [];

        public ConcurrentBag<GradientSum> Free { get; } = [];

        public GradientSum Leaf(int leaf)
        {
            var sum = new GradientSum(count: 1) { Metrics = new(1, Loss(leaf), 0) };
            _all.Add(sum);
            return sum;
        }

        public void Dispose() => _all.ForEach(sum => sum.Dispose());
    }
}
