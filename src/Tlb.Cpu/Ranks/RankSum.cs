namespace Tlb.Cpu;

/// <summary>Adds the gradients of all processes of a training: each process adds a piece of them, in the order of the <see cref="SumTree"/>, and gives it to all.</summary>
/// <remarks>So a process sends and receives about twice the gradients, however many processes there are, and all get the same bits.</remarks>
/// <param name="ranks">The processes.</param>
internal sealed class RankSum(Ranks ranks)
{
    private const int MostAtOnce = 1 << 22;                                  // gradients: what is sent has to fit arrays

    private float[] _send = [];
    private float[] _received = [];

    /// <summary>Adds gradients and metrics.</summary>
    /// <param name="tree">The order.</param>
    /// <param name="mine">The sums of this process.</param>
    /// <param name="total">Receives the sums of all.</param>
    public void Add(SumTree tree, IReadOnlyDictionary<(int Level, int Index), GradientSum> mine, GradientSum total)
    {
        var nodes = Enumerable.Range(0, ranks.Count).Select(rank => tree.Cover(tree.Share(rank, ranks.Count))).ToArray();
        GradientSum[] sums = [.. nodes[ranks.Rank].Select(node => mine[node])];
        var gradients = total.Gradients.Span;
        for (var first = 0; first < gradients.Length; first += MostAtOnce)
            Add(tree, nodes, sums, first, gradients.Slice(first, Math.Min(MostAtOnce, gradients.Length - first)));

        var counts = Array.ConvertAll(nodes, each => each.Count);
        var metrics = new BatchMetrics[counts.Sum()];
        ranks.Gather<BatchMetrics>(Array.ConvertAll(sums, sum => sum.Metrics), metrics, counts);
        total.Metrics = tree.Sum(nodes.SelectMany(each => each).Zip(metrics).ToDictionary(each => each.First, each => each.Second), (left, right) => left + right);
    }

    private void Add(SumTree tree, List<(int Level, int Index)>[] nodes, GradientSum[] sums, int first, Span<float> total)
    {
        var pieces = new int[ranks.Count];
        for (var rank = 0; rank < pieces.Length; rank++)
            pieces[rank] = End(rank, total.Length) - End(rank - 1, total.Length);
        var sendCounts = Array.ConvertAll(pieces, piece => piece * sums.Length);
        var piece = pieces[ranks.Rank];
        var receivedCounts = Array.ConvertAll(nodes, each => each.Count * piece);
        var send = Room(ref _send, sendCounts.Sum());
        var received = Room(ref _received, receivedCounts.Sum());
        var (from, to) = (first, 0);
        foreach (var count in pieces)
        {
            foreach (var sum in sums)
            {
                sum.Gradients.Span.Slice(from, count).CopyTo(send[to..]);
                to += count;
            }
            from += count;
        }
        ranks.Exchange<float>(send, sendCounts, received, receivedCounts);
        var place = 0;
        var places = nodes.SelectMany(each => each).ToDictionary(node => node, _ => (place += piece) - piece);
        var sumPlace = tree.Sum(places, (left, right) =>
        {
            WeightVectors.Add(_received.AsSpan(left, piece), _received.AsSpan(right, piece));
            return left;
        });
        ranks.Gather<float>(received.Slice(sumPlace, piece), total, pieces);
    }

    /// <summary>Where the piece of a rank ends.</summary>
    private int End(int rank, int count) => (int)(count * (rank + 1L) / ranks.Count);

    private static Span<float> Room(ref float[] room, int count)
    {
        if (room.Length < count)
            room = new float[count];
        return room.AsSpan(0, count);
    }
}
