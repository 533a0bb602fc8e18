namespace Tlb.ML;

/// <summary>Copies of a column's images for some rows. The images themselves belong to whoever made them, who may dispose them at the next row.</summary>
internal sealed class ImageBuffer(DataViewSchema.Column column, int capacity) : ColumnBuffer
{
    private const int BytesPerPixel = 4;

    private readonly MLImage?[] _copies = new MLImage?[capacity];
    private readonly Exception?[] _errors = new Exception?[capacity];
    private ValueGetter<MLImage>? _getter;
    private MLImage? _source;                                                // the getter's: it disposes the last one where it made it

    public override void ReadFrom(DataViewRowCursor cursor) => _getter = cursor.GetGetter<MLImage>(column);

    /// <summary>Copies the image of the cursor's row. Where there is none that can be read, the getter of that row throws why.</summary>
    public override long Take(int row)
    {
        _copies[row]?.Dispose();
        (_copies[row], _errors[row]) = (null, null);
        try
        {
            _getter!(ref _source!);
            if (_source is null)
                return 0;
            _copies[row] = MLImage.CreateFromPixels(_source.Width, _source.Height, _source.PixelFormat, _source.Pixels);
            _copies[row]!.Tag = _source.Tag;
            return (long)BytesPerPixel * _source.Width * _source.Height;
        }
        catch (Exception e) when (e is not OperationCanceledException and not OutOfMemoryException)   // one bad image is no end of the data
        {
            _errors[row] = e;
            return 0;
        }
    }

    public override Delegate CreateGetter(int column, BufferedRow row) => (ValueGetter<MLImage>)((ref MLImage value) =>
    {
        var buffer = (ImageBuffer)row.Buffer.Column(column);
        if (buffer._errors[row.Row] is { } error)
            throw new InvalidDataException(error.Message, error);
        value = buffer._copies[row.Row]!;
    });

    public override void Dispose()
    {
        foreach (var copy in _copies)
            copy?.Dispose();
        base.Dispose();
    }
}
