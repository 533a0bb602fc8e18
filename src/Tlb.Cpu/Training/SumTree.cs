namespace Tlb.Cpu;

/// <summary>The order in which the gradients of a batch are added: by pairs of neighbours, pairs of pairs, and so on.</summary>
/// <remarks>
/// It depends on the number of leaves alone: whoever computes which leaf, a thread or a process, every sum is of the same two numbers. Node
/// (level, index) is the sum of the leaves from index x 2^level on, up to 2^level of them, as far as there are any.
/// </remarks>
/// <param name="leaves">The leaves, 1 or more.</param>
internal readonly struct SumTree(int leaves)
{
    /// <summary>The leaves.</summary>
    public int Leaves => leaves;

    /// <summary>The node that is the sum of all.</summary>
    public (int Level, int Index) Root => (leaves == 1 ? 0 : 1 + int.Log2(leaves - 1), 0);

    /// <summary>The leaves of a share, when they are divided evenly.</summary>
    /// <param name="share">The share, from 0.</param>
    /// <param name="shares">The shares.</param>
    public (int First, int End) Share(int share, int shares) => ((int)(leaves * (long)share / shares), (int)(leaves * (share + 1L) / shares));

    /// <summary>Whether a node has a second half; else it is its first half.</summary>
    public bool HasRight(int level, int index) => Start(level - 1, 2 * index + 1) < leaves;

    /// <summary>Whether all leaves of a node are among some.</summary>
    public bool IsWithin((int Level, int Index) node, (int First, int End) some) =>
        node.Level <= Root.Level && Start(node.Level, node.Index) >= some.First && Math.Min(leaves, Start(node.Level, node.Index + 1)) <= some.End;

    /// <summary>The fewest nodes that have all of some leaves, from left to right.</summary>
    public List<(int Level, int Index)> Cover((int First, int End) some)
    {
        List<(int Level, int Index)> nodes = [];
        for (var leaf = some.First; leaf < some.End;)
        {
            var node = (Level: 0, Index: leaf);
            while (node.Index % 2 == 0 && IsWithin((node.Level + 1, node.Index / 2), some))
                node = (node.Level + 1, node.Index / 2);
            nodes.Add(node);
            leaf = (int)Math.Min(leaves, Start(node.Level, node.Index + 1));
        }
        return nodes;
    }

    /// <summary>Adds nodes.</summary>
    /// <param name="nodes">The values of nodes that have every leaf once.</param>
    /// <param name="add">Adds the second half of a node to the first.</param>
    /// <param name="of">The node whose value is wanted; null for the root.</param>
    public T Sum<T>(IReadOnlyDictionary<(int Level, int Index), T> nodes, Func<T, T, T> add, (int Level, int Index)? of = null)
    {
        var tree = this;
        var (wantedLevel, wantedIndex) = of ?? Root;
        return At(wantedLevel, wantedIndex);

        T At(int level, int index)
        {
            if (nodes.TryGetValue((level, index), out var value))
                return value;
            var left = At(level - 1, 2 * index);
            return tree.HasRight(level, index) ? add(left, At(level - 1, 2 * index + 1)) : left;
        }
    }

    private static long Start(int level, int index) => (long)index << level;
}
