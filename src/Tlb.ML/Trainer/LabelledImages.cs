namespace Tlb.ML;

/// <summary>Reads labels, weights and images of rows. Used by one thread at a time.</summary>
/// <param name="row">The row.</param>
/// <param name="root">The row under it, which knows its number.</param>
/// <param name="feature">The feature column.</param>
/// <param name="label">The label column.</param>
/// <param name="weight">The column of weights; null for a weight of 1.</param>
/// <param name="numberOfClasses">The classes.</param>
/// <param name="background">The colour that shows through transparent pictures.</param>
internal sealed class LabelledImages(
    DataViewRow row, BufferedRow root, DataViewSchema.Column feature, DataViewSchema.Column label, DataViewSchema.Column? weight, int numberOfClasses, RgbColor background)
{
    private readonly PixelReader _pixels = PixelReader.Create(row, feature, background);
    private readonly Func<int> _getClass = LabelReader.Create(row, label);
    private readonly Func<float>? _getWeight = weight is { } column ? ExampleWeight.Create(row, column) : null;
    private readonly RowNames _names = new(row);

    /// <summary>Reads the current row.</summary>
    public void Read(LabelledImage image)
    {
        var @class = _getClass();
        if (@class < 0 || @class >= numberOfClasses)
        {
            image.Set(label: -1, _names.Current(root.CursorPosition, tag: null), error: null);
            return;
        }
        try
        {
            _pixels.Read();
            image.Set(@class, _getWeight?.Invoke() ?? 1, _names.Current(root.CursorPosition, _pixels.Tag), _pixels);
        }
        catch (Exception e) when (e is not OperationCanceledException and not OutOfMemoryException)   // a stage before this one may throw anything
        {
            image.Set(@class, _names.Current(root.CursorPosition, tag: null), e);
        }
    }
}
