using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms.Image;

[assembly: LoadableClass(typeof(ImageResizingTransformer), null, typeof(SignatureLoadModel), "Image Resizer Transform",
    ImageResizingTransformer.LoaderSignature)]

namespace Microsoft.ML.Transforms.Image;

/// <summary>Resizes images to one size.</summary>
public sealed class ImageResizingTransformer : OneToOneTransformerBase
{
    internal const string LoaderSignature = "ImageScalerTransform";

    private const string RegistrationName = "ImageScaler";

    private static readonly VersionInfo Version =
        new("IMGSCALF", 0x00010003, 0x00010003, 0x00010003, PackageAssembly.ImageAnalytics, LoaderSignature);

    private readonly ImageResizingEstimator.ColumnOptions[] _columns;

    internal ImageResizingTransformer(IHostEnvironment env, params ImageResizingEstimator.ColumnOptions[] columns)
        : base(Contracts.CheckRef(env, nameof(env)).Register(RegistrationName), [.. columns.Select(c => (c.Name, c.InputColumnName))]) =>
        _columns = columns;

    private ImageResizingTransformer(IHostEnvironment env, ModelLoadContext ctx)
        : base(env.Register(RegistrationName), ctx)
    {
        ctx.CheckVersionInfo(Version);
        _columns = new ImageResizingEstimator.ColumnOptions[ColumnPairs.Length];
        for (var i = 0; i < _columns.Length; i++)
        {
            var (width, height) = (ctx.Reader.ReadInt32(), ctx.Reader.ReadInt32());
            var resizing = (ImageResizingEstimator.ResizingKind)ctx.Reader.ReadByte();
            var anchor = (ImageResizingEstimator.Anchor)ctx.Reader.ReadByte();
            Host.CheckDecode(width > 0 && height > 0 && Enum.IsDefined(resizing) && Enum.IsDefined(anchor));
            _columns[i] = new(ColumnPairs[i].outputColumnName, width, height, ColumnPairs[i].inputColumnName, resizing, anchor);
        }
    }

    internal IReadOnlyCollection<ImageResizingEstimator.ColumnOptions> Columns => _columns;

    private protected override void SaveModel(ModelSaveContext ctx)
    {
        Host.CheckValue(ctx, nameof(ctx));
        ctx.CheckAtModel();
        ctx.SetVersionInfo(Version);
        SaveColumns(ctx);
        foreach (var column in _columns)
        {
            ctx.Writer.Write(column.ImageWidth);
            ctx.Writer.Write(column.ImageHeight);
            ctx.Writer.Write((byte)column.Resizing);
            ctx.Writer.Write((byte)column.Anchor);
        }
    }

    private protected override void CheckInputColumn(DataViewSchema inputSchema, int col, int srcCol)
    {
        var type = inputSchema[srcCol].Type;
        if (type is not ImageDataViewType)
            throw Host.ExceptSchemaMismatch(nameof(inputSchema), "input", _columns[col].InputColumnName, "image", type.ToString());
    }

    private protected override IRowMapper MakeRowMapper(DataViewSchema schema) => new Mapper(this, schema);

    private sealed class Mapper : OneToOneMapperBase
    {
        private readonly ImageResizingTransformer _parent;

        public Mapper(ImageResizingTransformer parent, DataViewSchema inputSchema)
            : base(parent.Host.Register(nameof(Mapper)), parent, inputSchema) => _parent = parent;

        protected override DataViewSchema.DetachedColumn[] GetOutputColumnsCore() =>
            [.. _parent._columns.Select(c => new DataViewSchema.DetachedColumn(c.Name, c.Type))];

        protected override Delegate MakeGetter(DataViewRow input, int iinfo, Func<int, bool> activeOutput, out Action disposer)
        {
            var column = _parent._columns[iinfo];
            var getImage = input.GetGetter<MLImage>(input.Schema[ColMapNewToOld[iinfo]]);
            MLImage source = null;
            disposer = () => source = null;
            ValueGetter<MLImage> getter = (ref MLImage dst) =>
            {
                dst?.Dispose();
                getImage(ref source);
                // Without an image the row keeps the last one, disposed: that is how the packages do it.
                if (source is null)
                    return;
                if (source.Height == column.ImageHeight && source.Width == column.ImageWidth)
                {
                    dst = source;
                    return;
                }
                dst = ImageResizer.Resize(source, column.ImageWidth, column.ImageHeight, column.Resizing, column.Anchor);
                dst.Tag = source.Tag;
            };
            return getter;
        }
    }
}
