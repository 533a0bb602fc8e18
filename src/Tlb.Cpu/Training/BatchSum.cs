using System.Collections.Concurrent;

namespace Tlb.Cpu;

/// <summary>Adds the gradients of a batch's leaves as threads finish them, in the order of a <see cref="SumTree"/>.</summary>
/// <remarks>Of two halves of a node the one that is finished first waits; whoever finishes the other adds both, and goes on with the node. So few sums are held at once.</remarks>
internal sealed class BatchSum
{
    private readonly SumTree _tree;
    private readonly (int First, int End) _mine;
    private readonly ConcurrentBag<GradientSum> _free;
    private readonly ConcurrentDictionary<(int Level, int Index), GradientSum> _waiting = [];

    /// <summary>Begins a batch.</summary>
    /// <param name="tree">The order.</param>
    /// <param name="mine">The leaves that are computed here.</param>
    /// <param name="free">Where sums that are no longer needed go.</param>
    public BatchSum(SumTree tree, (int First, int End) mine, ConcurrentBag<GradientSum> free) => (_tree, _mine, _free) = (tree, mine, free);

    /// <summary>Takes the sum of a leaf.</summary>
    public void Add(int leaf, GradientSum sum)
    {
        var node = (Level: 0, Index: leaf);
        for (var parent = (Level: 1, Index: leaf / 2); _tree.IsWithin(parent, _mine); node = parent, parent = (node.Level + 1, node.Index / 2))
        {
            if (!_tree.HasRight(parent.Level, parent.Index))
                continue;
            if (_waiting.TryAdd(parent, sum))
                return;
            _waiting.TryRemove(parent, out var other);
            var (left, right) = node.Index % 2 == 0 ? (sum, other!) : (other!, sum);
            left.Add(right);
            _free.Add(right);
            sum = left;
        }
        _waiting[node] = sum;                                                // the node itself: no half of its parent is added here
    }

    /// <summary>The sums of the fewest nodes that have all leaves of here, when all are finished.</summary>
    public IReadOnlyDictionary<(int Level, int Index), GradientSum> Nodes => _waiting;
}
