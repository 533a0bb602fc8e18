using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms.Image;

[assembly: LoadableClass(typeof(ImageLoadingTransformer), null, typeof(SignatureLoadModel), "", ImageLoadingTransformer.LoaderSignature)]

namespace Microsoft.ML.Data;

/// <summary>Loads image files that text columns name, as images or as the bytes of the files.</summary>
public sealed class ImageLoadingTransformer : OneToOneTransformerBase
{
    internal const string LoaderSignature = "ImageLoaderTransform";

    /// <summary>The folder that paths are relative to; null for the working directory.</summary>
    public readonly string ImageFolder;

    private static readonly VersionInfo Version =
        new("IMGLOADR", 0x00010003, 0x00010003, 0x00010003, PackageAssembly.ImageAnalytics, LoaderSignature);

    private readonly bool _asImages;

    internal ImageLoadingTransformer(IHostEnvironment env, string imageFolder = null, bool type = true,
        params (string outputColumnName, string inputColumnName)[] columns)
        : base(Contracts.CheckRef(env, nameof(env)).Register(nameof(ImageLoadingTransformer)), columns)
    {
        if (!string.IsNullOrEmpty(imageFolder))
        {
            if (!Directory.Exists(imageFolder))
                throw new ArgumentException($"Directory \"{imageFolder}\" does not exist.");
            ImageFolder = Path.GetFullPath(imageFolder);
        }
        _asImages = type;
    }

    private ImageLoadingTransformer(IHostEnvironment env, ModelLoadContext ctx)
        : base(env.Register(nameof(ImageLoadingTransformer)), ctx)
    {
        ctx.CheckVersionInfo(Version);
        ImageFolder = ctx.LoadStringOrNull();
        _asImages = ctx.Reader.ReadBoolean();
    }

    internal IReadOnlyCollection<(string outputColumnName, string inputColumnName)> Columns => ColumnPairs;

    private protected override void SaveModel(ModelSaveContext ctx)
    {
        Host.CheckValue(ctx, nameof(ctx));
        ctx.CheckAtModel();
        ctx.SetVersionInfo(Version);
        SaveColumns(ctx);
        ctx.SaveStringOrNull(ImageFolder);
        ctx.Writer.Write(_asImages);
    }

    private protected override void CheckInputColumn(DataViewSchema inputSchema, int col, int srcCol)
    {
        var type = inputSchema[srcCol].Type;
        if (type is not TextDataViewType)
        {
            throw Host.ExceptSchemaMismatch(nameof(inputSchema), "input", ColumnPairs[col].inputColumnName,
                TextDataViewType.Instance.ToString(), type.ToString());
        }
    }

    private protected override IRowMapper MakeRowMapper(DataViewSchema schema) => new Mapper(this, schema);

    private sealed class Mapper : OneToOneMapperBase
    {
        private readonly ImageLoadingTransformer _parent;

        public Mapper(ImageLoadingTransformer parent, DataViewSchema inputSchema)
            : base(parent.Host.Register(nameof(Mapper)), parent, inputSchema) => _parent = parent;

        protected override DataViewSchema.DetachedColumn[] GetOutputColumnsCore()
        {
            DataViewType type = _parent._asImages ? new ImageDataViewType() : new VectorDataViewType(NumberDataViewType.Byte);
            return [.. _parent.ColumnPairs.Select(pair => new DataViewSchema.DetachedColumn(pair.outputColumnName, type))];
        }

        protected override Delegate MakeGetter(DataViewRow input, int iinfo, Func<int, bool> activeOutput, out Action disposer)
        {
            disposer = null;
            var getPath = input.GetGetter<ReadOnlyMemory<char>>(input.Schema[ColMapNewToOld[iinfo]]);
            return _parent._asImages ? MakeImageGetter(getPath, out disposer) : MakeBytesGetter(getPath);
        }

        private ValueGetter<MLImage> MakeImageGetter(ValueGetter<ReadOnlyMemory<char>> getPath, out Action disposer)
        {
            MLImage last = null;
            disposer = () =>
            {
                last?.Dispose();
                last = null;
            };
            ReadOnlyMemory<char> text = default;
            return (ref MLImage dst) =>
            {
                dst?.Dispose();
                dst = null;
                getPath(ref text);
                if (text.Length > 0)
                {
                    var path = FullPath(text);
                    dst = MLImage.ReadFile(path);
                    dst.Tag = path;
                }
                last = dst;
            };
        }

        private ValueGetter<VBuffer<byte>> MakeBytesGetter(ValueGetter<ReadOnlyMemory<char>> getPath)
        {
            ReadOnlyMemory<char> text = default;
            return (ref VBuffer<byte> dst) =>
            {
                getPath(ref text);
                using var file = text.Length > 0 ? File.OpenRead(FullPath(text)) : null;
                if (file?.Length > Array.MaxLength)
                    throw new IOException($"File {file.Name} too big to open.");
                var editor = VBufferEditor.Create(ref dst, (int)(file?.Length ?? 0));
                file?.ReadExactly(editor.Values);
                dst = editor.Commit();
            };
        }

        private string FullPath(ReadOnlyMemory<char> path) =>
            string.IsNullOrWhiteSpace(_parent.ImageFolder) ? path.ToString() : Path.Combine(_parent.ImageFolder, path.ToString());
    }
}
