using Microsoft.ML.Runtime;

namespace Tlb.ML;

/// <summary>Reads and decodes images: from files by their paths, from the bytes of files, or images that are decoded already.</summary>
/// <remarks>
/// JPEG, PNG, BMP, GIF (the first picture) and WebP. In place of ML.NET's <c>LoadImages</c>, whose pixels it gives, it turns photographs
/// upright as their EXIF data say, looks at what a file says of itself before it decodes it, and takes bytes as well as paths: a model
/// that was trained on files scores what a service receives. An empty path, or no bytes, give no image (null).
/// </remarks>
public sealed class ImageDecodingTransformer : ITransformer
{
    private readonly IHost _host;

    internal ImageDecodingTransformer(IHostEnvironment environment, string outputColumnName, string? imageFolder, string inputColumnName)
    {
        _host = environment.Register(nameof(ImageDecodingTransformer));
        (OutputColumnName, ImageFolder, InputColumnName) = (outputColumnName, imageFolder, inputColumnName);
    }

    /// <summary>The column of images.</summary>
    public string OutputColumnName { get; }

    /// <summary>The column of paths (text), of the bytes of files (a vector of bytes), or of images.</summary>
    public string InputColumnName { get; }

    /// <summary>The folder, as a full path, that paths go on from, unless they are full ones; null for the folder that the program runs in.</summary>
    public string? ImageFolder { get; }

    /// <summary>
    /// The most pixels of an image, 1 or more; a file may have four times as many bytes, and 16 MB in any case. A larger one is not decoded:
    /// its row throws an <see cref="InvalidDataException"/>. Default 100,000,000, which take 400 MB decoded. It is not saved with the model.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is below 1.</exception>
    public int MaximumPixels
    {
        get;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            field = value;
        }
    } = Tlb.ML.ImageFolder.DefaultMaximumPixels;

    bool ITransformer.IsRowToRowMapper => true;

    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        ArgumentNullException.ThrowIfNull(ctx);
        ImageDecodingTransformerLoader.Save(ctx, this);
    }

    /// <summary>The columns that <see cref="Transform"/> gives: those of the input and the images.</summary>
    /// <param name="inputSchema">The input's columns.</param>
    /// <exception cref="ArgumentOutOfRangeException">The input column is missing, or of another type than expected.</exception>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return RowMappers.OutputSchema(inputSchema, CreateMapper(inputSchema));
    }

    /// <summary>Adds the images to data. They are decoded when they are asked for.</summary>
    /// <param name="input">Data with the input column.</param>
    /// <exception cref="ArgumentOutOfRangeException">The input column is missing, or of another type than expected.</exception>
    public IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return RowMappers.Over(_host, input, CreateMapper);
    }

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return RowMappers.Over(_host, inputSchema, CreateMapper);
    }

    private ImageDecodingMapper CreateMapper(DataViewSchema schema) => new(this, schema);
}
