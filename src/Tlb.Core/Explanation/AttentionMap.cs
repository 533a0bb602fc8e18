namespace Tlb.Core;

/// <summary>What the slow stream of a network attended to in an image: a value for each token, as the Keras example shows it.</summary>
/// <remarks>
/// Attention is shared out within a chunk: its values say which tokens of a chunk counted most when the state took it in, not which
/// chunk counted most.
/// </remarks>
public sealed class AttentionMap
{
    private readonly float[] _values;

    /// <summary>Makes a map.</summary>
    /// <param name="config">The network.</param>
    /// <param name="attention">The attention to each token of the image, [G, G], as <see cref="IScorer.Explain"/> gives it.</param>
    /// <exception cref="ArgumentException"><paramref name="attention"/> is not as long as the image has tokens.</exception>
    public AttentionMap(TlbConfig config, ReadOnlySpan<float> attention)
    {
        ArgumentNullException.ThrowIfNull(config);
        if (attention.Length != config.TokenCount)
            throw new ArgumentException($"There are {attention.Length} attention values; expected {config.TokenCount}, one for each token.", nameof(attention));
        GridSize = config.GridSize;
        _values = attention.ToArray();                                       // [G, G]
    }

    /// <summary>The tokens along each side of the image, G.</summary>
    public int GridSize { get; }

    /// <summary>The attention to each token, 0 to 1, [G, G]: row by row from the top.</summary>
    public IReadOnlyList<float> Values => _values;

    /// <summary>The map in the size of a picture: bilinear, half-pixel centres, edges repeated.</summary>
    /// <param name="height">The height, 1 or more.</param>
    /// <param name="width">The width, 1 or more.</param>
    /// <returns>The attention at each pixel, [height, width], row by row from the top.</returns>
    public float[] Resize(int height, int width)
    {
        var (rows, columns) = (BilinearTap.Resize(GridSize, height), BilinearTap.Resize(GridSize, width));
        var resized = new float[checked(height * width)];
        for (var y = 0; y < height; y++)
            for (var x = 0; x < width; x++)
                resized[y * width + x] = Between(Row(rows[y].First, columns[x]), Row(rows[y].Second, columns[x]), rows[y].Share);
        return resized;
    }

    private float Row(int row, BilinearTap column) => Between(_values[row * GridSize + column.First], _values[row * GridSize + column.Second], column.Share);

    private static float Between(float first, float second, float share) => first + (second - first) * share;
}
