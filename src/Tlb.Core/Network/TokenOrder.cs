namespace Tlb.Core;

/// <summary>The order in which the tokens of an image are read.</summary>
internal static class TokenOrder
{
    /// <summary>The place on the grid of each token, in the order of reading.</summary>
    /// <param name="config">The network.</param>
    /// <returns>[tokens]: row x <see cref="TlbConfig.GridSize"/> + column.</returns>
    public static int[] Of(TlbConfig config)
    {
        var (grid, order) = (config.GridSize, new int[config.TokenCount]);
        switch (config.ChunkOrder)
        {
            case ChunkOrder.Strips:
                for (var t = 0; t < order.Length; t++)
                    order[t] = t;
                break;
            case ChunkOrder.Serpentine:
                for (var t = 0; t < order.Length; t++)
                    order[t] = t / grid % 2 == 0 ? t : t / grid * grid + grid - 1 - t % grid;
                break;
            case ChunkOrder.Tiles:
                Tiles(grid, config.ChunkSize, order);
                break;
            default:
                throw new ArgumentException($"The order {config.ChunkOrder} is unknown.", nameof(config));
        }
        return order;
    }

    private static void Tiles(int grid, int tokens, int[] order)
    {
        var height = (int)Math.Sqrt(tokens);                                 // the largest divisor that is no larger than the square root
        while (tokens % height != 0)
            height--;
        var (width, next) = (tokens / height, 0);
        for (var top = 0; top < grid; top += height)
            for (var left = 0; left < grid; left += width)
                for (var y = top; y < Math.Min(top + height, grid); y++)
                    for (var x = left; x < Math.Min(left + width, grid); x++)
                        order[next++] = y * grid + x;
    }
}
