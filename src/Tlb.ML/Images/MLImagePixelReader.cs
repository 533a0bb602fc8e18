namespace Tlb.ML;

/// <summary>Reads a column of <see cref="MLImage"/>.</summary>
internal sealed class MLImagePixelReader(DataViewRow row, DataViewSchema.Column column, RgbColor background) : PixelReader
{
    private readonly ValueGetter<MLImage> _getter = row.GetGetter<MLImage>(column);
    private MLImage? _image;                                                 // belongs to whoever made it: never disposed here

    public override bool FitsBytes => true;

    public override float Maximum => byte.MaxValue;

    public override string? Tag => _image?.Tag;

    public override void Read()
    {
        _getter(ref _image!);
        if (MLImagePixels.FindProblem(_image) is { } problem)
            throw new InvalidDataException(problem);
        (Height, Width) = (_image!.Height, _image.Width);
    }

    public override void CopyTo(Span<byte> destination, PixelType type) => MLImagePixels.CopyTo(_image!, background, destination, type);
}
