using System.Numerics;
using Microsoft.ML.Data;
using Microsoft.ML.Internal.Utilities;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms.Image;

public sealed partial class ImagePixelExtractingEstimator
{
    /// <summary>How the pixels of one column are taken.</summary>
    internal sealed class ColumnOptions
    {
        public readonly string Name;
        public readonly string InputColumnName;
        public readonly ColorBits ColorsToExtract;
        public readonly ColorsOrder OrderOfExtraction;
        public readonly float OffsetImage;
        public readonly float ScaleImage;
        public readonly bool InterleavePixelColors;
        public readonly bool OutputAsFloatArray;

        // The version before the order of colours was saved.
        private const uint BeforeOrderVersion = 0x00010002;

        public ColumnOptions(string name, string inputColumnName = null, ColorBits colorsToExtract = Defaults.Colors,
            ColorsOrder orderOfExtraction = Defaults.Order, bool interleavePixelColors = Defaults.Interleave,
            float offsetImage = Defaults.Offset, float scaleImage = Defaults.Scale, bool outputAsFloatArray = Defaults.Convert)
        {
            Contracts.CheckNonWhiteSpace(name, nameof(name));
            Name = name;
            InputColumnName = inputColumnName ?? name;
            ColorsToExtract = colorsToExtract;
            OrderOfExtraction = orderOfExtraction;
            InterleavePixelColors = interleavePixelColors;
            OutputAsFloatArray = outputAsFloatArray;
            OffsetImage = outputAsFloatArray ? offsetImage : Defaults.Offset;
            ScaleImage = outputAsFloatArray ? scaleImage : Defaults.Scale;
            Contracts.CheckParam(Planes > 0, nameof(colorsToExtract), "Need to use at least one color plane.");
            Contracts.CheckParam(float.IsFinite(OffsetImage), nameof(offsetImage));
            Contracts.CheckParam(float.IsFinite(ScaleImage) && ScaleImage != 0, nameof(scaleImage));
        }

        internal ColumnOptions(string name, string inputColumnName, ModelLoadContext ctx)
        {
            Name = name;
            InputColumnName = inputColumnName;
            ColorsToExtract = (ColorBits)ctx.Reader.ReadByte();
            Contracts.CheckDecode(ColorsToExtract != 0 && (ColorsToExtract & ColorBits.All) == ColorsToExtract);
            OrderOfExtraction = ctx.Header.ModelVerWritten <= BeforeOrderVersion ? Defaults.Order : (ColorsOrder)ctx.Reader.ReadByte();
            Contracts.CheckDecode(OrderOfExtraction != 0);
            OutputAsFloatArray = ctx.Reader.ReadBoolByte();
            OffsetImage = ctx.Reader.ReadSingle();
            Contracts.CheckDecode(float.IsFinite(OffsetImage));
            ScaleImage = ctx.Reader.ReadSingle();
            Contracts.CheckDecode(float.IsFinite(ScaleImage) && ScaleImage != 0);
            Contracts.CheckDecode(OutputAsFloatArray || OffsetImage == Defaults.Offset && ScaleImage == Defaults.Scale);
            InterleavePixelColors = ctx.Reader.ReadBoolByte();
        }

        internal byte Planes => (byte)BitOperations.PopCount((uint)(ColorsToExtract & ColorBits.All));

        internal void Save(ModelSaveContext ctx)
        {
            ctx.Writer.Write((byte)ColorsToExtract);
            ctx.Writer.Write((byte)OrderOfExtraction);
            ctx.Writer.Write(OutputAsFloatArray);
            ctx.Writer.Write(OffsetImage);
            ctx.Writer.Write(ScaleImage);
            ctx.Writer.Write(InterleavePixelColors);
        }

        /// <summary>Of each colour taken, its place in a pixel and its place in the output.</summary>
        internal IEnumerable<(int Channel, int Plane)> Channels(MLPixelFormat format)
        {
            var pixel = format switch
            {
                MLPixelFormat.Bgra32 => "BGRA",
                MLPixelFormat.Rgba32 => "RGBA",
                _ => throw new InvalidOperationException("Image pixel format is not supported"),
            };
            return OrderOfExtraction.ToString().Where(IsTaken).Select((letter, plane) => (pixel.IndexOf(letter), plane));
        }

        private bool IsTaken(char letter) => ColorsToExtract.HasFlag(letter switch
        {
            'A' => ColorBits.Alpha,
            'R' => ColorBits.Red,
            'G' => ColorBits.Green,
            _ => ColorBits.Blue,
        });
    }
}
