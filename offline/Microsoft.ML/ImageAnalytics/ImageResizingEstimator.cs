using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms.Image;

/// <summary>Makes an <see cref="ImageResizingTransformer"/>; needs no data.</summary>
public sealed class ImageResizingEstimator : TrivialEstimator<ImageResizingTransformer>
{
    internal ImageResizingEstimator(IHostEnvironment env, string outputColumnName, int imageWidth, int imageHeight,
        string inputColumnName = null, ResizingKind resizing = Defaults.Resizing, Anchor cropAnchor = Defaults.CropAnchor)
        : this(env, new ColumnOptions(outputColumnName, imageWidth, imageHeight, inputColumnName, resizing, cropAnchor))
    {
    }

    internal ImageResizingEstimator(IHostEnvironment env, params ColumnOptions[] columns)
        : this(env, new ImageResizingTransformer(env, columns))
    {
    }

    private ImageResizingEstimator(IHostEnvironment env, ImageResizingTransformer transformer)
        : base(Contracts.CheckRef(env, nameof(env)).Register(nameof(ImageResizingEstimator)), transformer)
    {
    }

    public enum ResizingKind : byte
    {
        /// <summary>Keeps the aspect ratio and pads with black.</summary>
        IsoPad = 0,

        /// <summary>Keeps the aspect ratio and cuts what is too much.</summary>
        IsoCrop = 1,

        /// <summary>Stretches.</summary>
        Fill = 2,
    }

    /// <summary>The side that cropping keeps.</summary>
    public enum Anchor : byte
    {
        Right = 0,
        Left = 1,
        Top = 2,
        Bottom = 3,
        Center = 4,
    }

    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        Host.CheckValue(inputSchema, nameof(inputSchema));
        var result = inputSchema.ToDictionary(c => c.Name);
        foreach (var options in Transformer.Columns)
        {
            CheckIsImage(Host, inputSchema, options.InputColumnName);
            result[options.Name] = new SchemaShape.Column(options.Name, SchemaShape.Column.VectorKind.Scalar, options.Type, false);
        }
        return new SchemaShape(result.Values);
    }

    internal static void CheckIsImage(IHost host, SchemaShape inputSchema, string name)
    {
        if (!inputSchema.TryFindColumn(name, out var column))
            throw host.ExceptSchemaMismatch(nameof(inputSchema), "input", name);
        if (column is not { ItemType: ImageDataViewType, Kind: SchemaShape.Column.VectorKind.Scalar })
            throw host.ExceptSchemaMismatch(nameof(inputSchema), "input", name, new ImageDataViewType().ToString(), column.GetTypeString());
    }

    internal static class Defaults
    {
        public const ResizingKind Resizing = ResizingKind.IsoCrop;
        public const Anchor CropAnchor = Anchor.Center;
    }

    /// <summary>How one column is resized.</summary>
    internal sealed class ColumnOptions
    {
        public readonly string Name;
        public readonly string InputColumnName;
        public readonly int ImageWidth;
        public readonly int ImageHeight;
        public readonly ResizingKind Resizing;
        public readonly Anchor Anchor;
        public readonly DataViewType Type;

        public ColumnOptions(string name, int imageWidth, int imageHeight, string inputColumnName = null,
            ResizingKind resizing = Defaults.Resizing, Anchor anchor = Defaults.CropAnchor)
        {
            Contracts.CheckNonEmpty(name, nameof(name));
            Contracts.CheckUserArg(imageWidth > 0, nameof(imageWidth));
            Contracts.CheckUserArg(imageHeight > 0, nameof(imageHeight));
            Contracts.CheckUserArg(Enum.IsDefined(resizing), nameof(resizing));
            Contracts.CheckUserArg(Enum.IsDefined(anchor), nameof(anchor));
            Name = name;
            InputColumnName = inputColumnName ?? name;
            ImageWidth = imageWidth;
            ImageHeight = imageHeight;
            Resizing = resizing;
            Anchor = anchor;
            Type = new ImageDataViewType(imageHeight, imageWidth);
        }
    }
}
