using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms.Image;

/// <summary>Makes an <see cref="ImagePixelExtractingTransformer"/>; needs no data.</summary>
public sealed partial class ImagePixelExtractingEstimator : TrivialEstimator<ImagePixelExtractingTransformer>
{
    internal ImagePixelExtractingEstimator(IHostEnvironment env, string outputColumnName, string inputColumnName = null,
        ColorBits colorsToExtract = Defaults.Colors, ColorsOrder orderOfExtraction = Defaults.Order,
        bool interleavePixelColors = Defaults.Interleave, float offsetImage = Defaults.Offset, float scaleImage = Defaults.Scale,
        bool outputAsFloatArray = Defaults.Convert)
        : this(env, new ColumnOptions(outputColumnName, inputColumnName, colorsToExtract, orderOfExtraction, interleavePixelColors,
            offsetImage, scaleImage, outputAsFloatArray))
    {
    }

    internal ImagePixelExtractingEstimator(IHostEnvironment env, params ColumnOptions[] columns)
        : base(Contracts.CheckRef(env, nameof(env)).Register(nameof(ImagePixelExtractingEstimator)),
            new ImagePixelExtractingTransformer(env, columns))
    {
    }

    [Flags]
    public enum ColorBits : byte
    {
        Alpha = 0x01,
        Red = 0x02,
        Green = 0x04,
        Blue = 0x08,
        Rgb = Red | Green | Blue,
        All = Alpha | Red | Green | Blue,
    }

    public enum ColorsOrder : byte
    {
        ARGB = 1,
        ARBG = 2,
        ABRG = 3,
        ABGR = 4,
        AGRB = 5,
        AGBR = 6,
    }

    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        Host.CheckValue(inputSchema, nameof(inputSchema));
        var result = inputSchema.ToDictionary(c => c.Name);
        foreach (var options in Transformer.Columns)
        {
            ImageResizingEstimator.CheckIsImage(Host, inputSchema, options.InputColumnName);
            var item = options.OutputAsFloatArray ? NumberDataViewType.Single : NumberDataViewType.Byte;
            result[options.Name] = new SchemaShape.Column(options.Name, SchemaShape.Column.VectorKind.Vector, item, false);
        }
        return new SchemaShape(result.Values);
    }

    internal static class Defaults
    {
        public const ColorsOrder Order = ColorsOrder.ARGB;
        public const ColorBits Colors = ColorBits.Rgb;
        public const bool Interleave = false;
        public const bool Convert = true;
        public const float Scale = 1f;
        public const float Offset = 0f;
    }
}
