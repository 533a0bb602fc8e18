namespace Tlb.ML;

/// <summary>Reads the image of a row for scoring, and names the row where that fails. Used by one thread at a time.</summary>
/// <param name="transformer">The transformer that scores.</param>
/// <param name="row">The row.</param>
/// <param name="feature">The feature column.</param>
internal sealed class ScoringImages(TlbTransformer transformer, DataViewRow row, DataViewSchema.Column feature)
{
    private readonly PixelReader _pixels = PixelReader.Create(row, feature, transformer.Model.ImageLayout.Background);
    private readonly RowNames _names = new(row);

    /// <summary>How images of a column are handed to the network: vectors as floats, as they may hold any.</summary>
    public static ImageLayout Layout(TlbTransformer transformer, DataViewSchema.Column feature) =>
        transformer.Model.ImageLayout with { PixelType = feature.Type is VectorDataViewType ? PixelType.Single : PixelType.Byte };

    /// <summary>Reads the image of the current row.</summary>
    /// <param name="target">Receives its bytes.</param>
    /// <param name="layout">The layout that <see cref="Layout"/> gives.</param>
    /// <param name="position">The row's number.</param>
    /// <exception cref="InvalidDataException">There is none that can be read, or it has another size than the model was trained on.</exception>
    public void Read(Span<byte> target, ImageLayout layout, long position)
    {
        try
        {
            _pixels.Read();
        }
        catch (Exception e) when (e is not OperationCanceledException and not OutOfMemoryException)   // a stage before this one may throw anything
        {
            throw UnreadableImage.ToException(new(_names.Current(position, tag: null), UnreadableImage.Problem(e)), e);
        }
        if (_pixels.Height != layout.Height || _pixels.Width != layout.Width)
            throw UnreadableImage.ToException(new(
                _names.Current(position, _pixels.Tag), $"the image is {_pixels.Width}x{_pixels.Height} pixels; the model was trained on {layout.Width}x{layout.Height}. " +
                $"A stage ResizeImages(\"{transformer.FeatureColumnName}\", {layout.Width}, {layout.Height}) before the trainer brings all images to one size."));
        _pixels.CopyTo(target, layout.PixelType);
    }

    /// <summary>Tells the transformer's callback of an image that could not be read.</summary>
    /// <param name="report">The callback.</param>
    /// <param name="error">What <see cref="Read"/> threw: it names the row and says what is wrong.</param>
    public static void Report(Action<BadImage> report, InvalidDataException error) => report(UnreadableImage.Of(error));
}
