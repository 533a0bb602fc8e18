namespace Tlb.ML;

/// <summary>Reads the images of a feature column, row by row, as red, green and blue values.</summary>
internal abstract class PixelReader
{
    /// <summary>The current image's height in pixels.</summary>
    public int Height { get; protected set; }

    /// <summary>The current image's width in pixels.</summary>
    public int Width { get; protected set; }

    /// <summary>Whether the current image's values are all whole numbers from 0 to 255.</summary>
    public abstract bool FitsBytes { get; }

    /// <summary>The largest value of the current image.</summary>
    public abstract float Maximum { get; }

    /// <summary>What names the current image's source, such as its path; null if nothing does.</summary>
    public virtual string? Tag => null;

    /// <summary>Makes a reader.</summary>
    /// <param name="row">The row, or a cursor that moves from row to row.</param>
    /// <param name="column">The feature column; <see cref="FeatureColumn.Check"/> has accepted its type.</param>
    /// <param name="background">The colour that shows through transparent pictures.</param>
    public static PixelReader Create(DataViewRow row, DataViewSchema.Column column, RgbColor background) => column.Type is VectorDataViewType vector
        ? new VectorPixelReader(row, column, vector)
        : new MLImagePixelReader(row, column, background);

    /// <summary>Takes up the image of the row that the reader stands on.</summary>
    /// <exception cref="InvalidDataException">The row has no usable image.</exception>
    public abstract void Read();

    /// <summary>Copies the current image: rows of pixels of red, green and blue.</summary>
    /// <param name="destination">Receives the values.</param>
    /// <param name="type">The type of the values.</param>
    public abstract void CopyTo(Span<byte> destination, PixelType type);
}
