namespace Tlb.Core;

/// <summary>The order in which an epoch goes through images, drawn in the memory of the one before it.</summary>
/// <param name="indexes">The images.</param>
internal sealed class EpochOrder(int[] indexes)
{
    private int[]? _free;

    /// <summary>Takes an order, to be given back.</summary>
    /// <param name="shuffleSeed">Decides it; null for that of the images.</param>
    public int[] Take(int? shuffleSeed)
    {
        if (shuffleSeed is not { } seed)
            return indexes;
        var order = Interlocked.Exchange(ref _free, null) ?? new int[indexes.Length];
        indexes.CopyTo(order, 0);
        new Random(seed).Shuffle(order);
        return order;
    }

    /// <summary>Gives an order back: its memory is the next one's.</summary>
    public void Return(int[] order)
    {
        if (order != indexes)
            _free = order;
    }
}
