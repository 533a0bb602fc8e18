using Microsoft.ML.Transforms.Image;

namespace Tlb.ML;

/// <summary>Decodes the images of one view's rows.</summary>
internal sealed class ImageDecodingMapper : IRowMapper
{
    private const string Expected = "a text (the path of a file), a vector of bytes (its content) or an image";

    private readonly ImageDecodingTransformer _transformer;
    private readonly DataViewSchema.Column _input;

    /// <exception cref="ArgumentOutOfRangeException">The input column is missing, or of another type than expected.</exception>
    public ImageDecodingMapper(ImageDecodingTransformer transformer, DataViewSchema schema)
    {
        (_transformer, _input) = (transformer, FeatureColumn.Find(schema, "input", transformer.InputColumnName));
        if (_input.Type is not (TextDataViewType or ImageDataViewType) && !IsBytes(_input.Type))
            throw new ArgumentOutOfRangeException(nameof(schema), Mismatch(_input.Name, _input.Type.ToString()!));
    }

    /// <summary>The text of a type error.</summary>
    public static string Mismatch(string name, string found) => $"Schema mismatch for input column '{name}': expected {Expected}, got {found}.";

    DataViewSchema.DetachedColumn[] IRowMapper.GetOutputColumns() => [new(_transformer.OutputColumnName, new ImageDataViewType())];

    Func<int, bool> IRowMapper.GetDependencies(Func<int, bool> activeOutput) => column => activeOutput(0) && column == _input.Index;

    ITransformer IRowMapper.GetTransformer() => _transformer;

    void ICanSaveModel.Save(ModelSaveContext ctx) => throw new NotSupportedException("A view of decoded images can't be saved as a model; the transformer can.");

    Delegate[] IRowMapper.CreateGetters(DataViewRow input, Func<int, bool> activeOutput, out Action? disposer)
    {
        disposer = null;
        if (!activeOutput(0))
            return [null!];
        var create = _input.Type switch
        {
            TextDataViewType => FromPaths(input.GetGetter<ReadOnlyMemory<char>>(_input)),
            ImageDataViewType => FromImages(input.GetGetter<MLImage>(_input)),
            _ => FromBytes(input.GetGetter<VBuffer<byte>>(_input)),
        };
        MLImage? last = null;
        disposer = () => last?.Dispose();
        // As ML.NET's own stages do it: the image of the row before is disposed, and the last one with the row.
        return [(ValueGetter<MLImage>)((ref MLImage image) =>
        {
            image?.Dispose();
            image = null!;
            image = last = create()!;
        })];
    }

    private static bool IsBytes(DataViewType type) => type is VectorDataViewType vector && vector.ItemType.RawType == typeof(byte);

    private Func<MLImage?> FromPaths(ValueGetter<ReadOnlyMemory<char>> getter)
    {
        var decoder = new ImageDecoder();
        ReadOnlyMemory<char> path = default;
        return () =>
        {
            getter(ref path);
            return path.IsEmpty ? null : decoder.DecodeFile(Path.Combine(_transformer.ImageFolder ?? "", path.ToString()), _transformer.MaximumPixels);
        };
    }

    private Func<MLImage?> FromBytes(ValueGetter<VBuffer<byte>> getter)
    {
        VBuffer<byte> bytes = default;
        byte[] dense = [];
        return () =>
        {
            getter(ref bytes);
            if (bytes.Length == 0)
                return null;
            if (dense.Length < bytes.Length)
                dense = new byte[bytes.Length];
            bytes.CopyTo(dense);
            return ImageDecoder.Decode(new(dense, 0, bytes.Length), _transformer.MaximumPixels);
        };
    }

    /// <summary>Copies: the images that come in belong to whoever made them.</summary>
    private static Func<MLImage?> FromImages(ValueGetter<MLImage> getter)
    {
        MLImage? image = null;
        return () =>
        {
            getter(ref image!);
            if (image is null)
                return null;
            var copy = MLImage.CreateFromPixels(image.Width, image.Height, image.PixelFormat, image.Pixels);
            copy.Tag = image.Tag;
            return copy;
        };
    }
}
