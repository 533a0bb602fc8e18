using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms.Image;

[assembly: LoadableClass(typeof(ImagePixelExtractingTransformer), null, typeof(SignatureLoadModel), "Image Pixel Extractor Transform",
    ImagePixelExtractingTransformer.LoaderSignature)]

namespace Microsoft.ML.Transforms.Image;

/// <summary>Takes the pixels of images as vectors.</summary>
public sealed class ImagePixelExtractingTransformer : OneToOneTransformerBase
{
    internal const string LoaderSignature = "ImagePixelExtractor";

    private const string RegistrationName = "ImagePixelExtractor";

    private static readonly VersionInfo Version =
        new("IMGPXEXT", 0x00010003, 0x00010002, 0x00010002, PackageAssembly.ImageAnalytics, LoaderSignature);

    private readonly ImagePixelExtractingEstimator.ColumnOptions[] _columns;

    internal ImagePixelExtractingTransformer(IHostEnvironment env, params ImagePixelExtractingEstimator.ColumnOptions[] columns)
        : base(Contracts.CheckRef(env, nameof(env)).Register(RegistrationName), [.. columns.Select(c => (c.Name, c.InputColumnName))]) =>
        _columns = columns;

    private ImagePixelExtractingTransformer(IHostEnvironment env, ModelLoadContext ctx)
        : base(env.Register(RegistrationName), ctx)
    {
        ctx.CheckVersionInfo(Version);
        _columns = new ImagePixelExtractingEstimator.ColumnOptions[ColumnPairs.Length];
        for (var i = 0; i < _columns.Length; i++)
            _columns[i] = new(ColumnPairs[i].outputColumnName, ColumnPairs[i].inputColumnName, ctx);
    }

    internal IReadOnlyCollection<ImagePixelExtractingEstimator.ColumnOptions> Columns => _columns;

    private protected override void SaveModel(ModelSaveContext ctx)
    {
        Host.CheckValue(ctx, nameof(ctx));
        ctx.CheckAtModel();
        ctx.SetVersionInfo(Version);
        SaveColumns(ctx);
        foreach (var column in _columns)
            column.Save(ctx);
    }

    private protected override void CheckInputColumn(DataViewSchema inputSchema, int col, int srcCol)
    {
        var (type, name) = (inputSchema[srcCol].Type, _columns[col].InputColumnName);
        if (type is not ImageDataViewType image)
            throw Host.ExceptSchemaMismatch(nameof(inputSchema), "input", name, "image", type.ToString());
        if (image.Height <= 0 || image.Width <= 0)
            throw Host.ExceptSchemaMismatch(nameof(inputSchema), "input", name, "known-size image", "unknown-size image");
    }

    private protected override IRowMapper MakeRowMapper(DataViewSchema schema) => new Mapper(this, schema);

    private sealed class Mapper : OneToOneMapperBase
    {
        private readonly ImagePixelExtractingTransformer _parent;

        public Mapper(ImagePixelExtractingTransformer parent, DataViewSchema inputSchema)
            : base(parent.Host.Register(nameof(Mapper)), parent, inputSchema) => _parent = parent;

        protected override DataViewSchema.DetachedColumn[] GetOutputColumnsCore() =>
            [.. _parent._columns.Select((column, i) => new DataViewSchema.DetachedColumn(column.Name, TypeOf(column, InputType(i))))];

        protected override Delegate MakeGetter(DataViewRow input, int iinfo, Func<int, bool> activeOutput, out Action disposer)
        {
            var column = _parent._columns[iinfo];
            return column.OutputAsFloatArray
                ? MakeGetter(input, iinfo, value => (value - column.OffsetImage) * column.ScaleImage, out disposer)
                : MakeGetter(input, iinfo, value => value, out disposer);
        }

        private ValueGetter<VBuffer<TValue>> MakeGetter<TValue>(DataViewRow input, int iinfo, Func<byte, TValue> convert,
            out Action disposer)
        {
            var column = _parent._columns[iinfo];
            var (height, width) = (InputType(iinfo).Height, InputType(iinfo).Width);
            var pixelCount = height * width;
            var (pixelStep, planeStep) = column.InterleavePixelColors ? ((int)column.Planes, 1) : (1, pixelCount);
            // What becomes of each of the 256 values a colour can have.
            var converted = Enumerable.Range(0, 256).Select(value => convert((byte)value)).ToArray();

            var getImage = input.GetGetter<MLImage>(input.Schema[ColMapNewToOld[iinfo]]);
            MLImage source = null;
            disposer = () =>
            {
                source?.Dispose();
                source = null;
            };
            return (ref VBuffer<TValue> dst) =>
            {
                getImage(ref source);
                if (source is null)
                {
                    dst = VBufferEditor.Create(ref dst, column.Planes * pixelCount, 0).Commit();
                    return;
                }
                Host.Check(source.Height == height && source.Width == width);
                var editor = VBufferEditor.Create(ref dst, column.Planes * pixelCount);
                var pixels = source.Pixels;
                foreach (var (channel, plane) in column.Channels(source.PixelFormat))
                {
                    var to = plane * planeStep;
                    for (var from = channel; from < pixels.Length; from += DecodedImage.BytesPerPixel, to += pixelStep)
                        editor.Values[to] = converted[pixels[from]];
                }
                dst = editor.Commit();
            };
        }

        private ImageDataViewType InputType(int column) => (ImageDataViewType)InputSchema[ColMapNewToOld[column]].Type;

        private static VectorDataViewType TypeOf(ImagePixelExtractingEstimator.ColumnOptions column, ImageDataViewType image)
        {
            var item = column.OutputAsFloatArray ? NumberDataViewType.Single : NumberDataViewType.Byte;
            return column.InterleavePixelColors
                ? new VectorDataViewType(item, image.Height, image.Width, column.Planes)
                : new VectorDataViewType(item, column.Planes, image.Height, image.Width);
        }
    }
}
