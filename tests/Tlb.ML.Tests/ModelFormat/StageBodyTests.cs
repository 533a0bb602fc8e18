using System.Text;
using Microsoft.ML.Transforms.Image;

namespace Tlb.ML.Tests.ModelFormat;

/// <summary>What each stage writes, byte by byte: integers are little-endian and names are numbers of strings.</summary>
public class StageBodyTests
{
    private readonly MLContext _ml = new(1);

    [Fact]
    public void Chain()
    {
        var stage = Save(_ml.Transforms.LoadImages("A", "", "ImagePath").Append(_ml.Transforms.ResizeImages("B", 8, 8, "A"))).Stage();

        Check(stage, "XF\0CHAIN", 0x00010001, 0x00010001, "TransformerChain", SavedModel.DataAssembly, []);
        // Two links, both in every scope.
        Assert.Equal("02000000" + "07000000" + "07000000", stage.BodyHex);
    }

    [Fact]
    public void Empty_chain()
    {
        var stage = new SavedModel(_ml, new TransformerChain<ITransformer>()).Stage();

        Assert.Equal("00000000", stage.BodyHex);
    }

    [Fact]
    public void LoadImages()
    {
        var folder = Path.GetTempPath();
        var stage = Save(_ml.Transforms.LoadImages("Image", folder, "ImagePath")).Stage();

        Check(stage, "IMGLOADR", 0x00010003, 0x00010003, "ImageLoaderTransform", SavedModel.ImageAssembly,
            ["Image", "ImagePath", Path.GetFullPath(folder)]);
        // One column, its output and input; the folder; images rather than bytes.
        Assert.Equal("01000000" + "0000000001000000" + "02000000" + "01", stage.BodyHex);
    }

    [Fact]
    public void LoadImages_without_a_folder()
    {
        var stage = Save(_ml.Transforms.LoadImages("ImagePath", "")).Stage();

        Assert.Equal(["ImagePath"], stage.Strings);
        Assert.Equal("01000000" + "0000000000000000" + "ffffffff" + "01", stage.BodyHex);
    }

    [Fact]
    public void LoadRawImageBytes()
    {
        var stage = Save(_ml.Transforms.LoadRawImageBytes("Bytes", null, "ImagePath")).Stage();

        Assert.Equal("ImageLoaderTransform", stage.Loader);
        Assert.Equal("01000000" + "0000000001000000" + "ffffffff" + "00", stage.BodyHex);
    }

    [Theory]
    [InlineData(ImageResizingEstimator.ResizingKind.IsoPad, ImageResizingEstimator.Anchor.Right, "0000")]
    [InlineData(ImageResizingEstimator.ResizingKind.IsoCrop, ImageResizingEstimator.Anchor.Left, "0101")]
    [InlineData(ImageResizingEstimator.ResizingKind.IsoCrop, ImageResizingEstimator.Anchor.Top, "0102")]
    [InlineData(ImageResizingEstimator.ResizingKind.IsoCrop, ImageResizingEstimator.Anchor.Bottom, "0103")]
    [InlineData(ImageResizingEstimator.ResizingKind.Fill, ImageResizingEstimator.Anchor.Center, "0204")]
    public void ResizeImages(ImageResizingEstimator.ResizingKind kind, ImageResizingEstimator.Anchor anchor, string expected)
    {
        var stage = Save(_ml.Transforms.LoadImages("Image", "", "ImagePath")
            .Append(_ml.Transforms.ResizeImages("Small", 48, 300, "Image", kind, anchor))).Stage("Transform_001/");

        Check(stage, "IMGSCALF", 0x00010003, 0x00010003, "ImageScalerTransform", SavedModel.ImageAssembly, ["Small", "Image"]);
        // One column; width and height; kind and anchor.
        Assert.Equal("01000000" + "0000000001000000" + "30000000" + "2c010000" + expected, stage.BodyHex);
    }

    [Fact]
    public void ExtractPixels()
    {
        var images = _ml.Transforms.LoadImages("Image", "", "ImagePath").Append(_ml.Transforms.ResizeImages("Image", 8, 8));

        var plain = Save(images.Append(_ml.Transforms.ExtractPixels("Pixels", "Image"))).Stage("Transform_002/");
        Check(plain, "IMGPXEXT", 0x00010003, 0x00010002, "ImagePixelExtractor", SavedModel.ImageAssembly, ["Pixels", "Image"]);
        // One column; colours, order, as float; offset 0; scale 1; planar.
        Assert.Equal("01000000" + "0000000001000000" + "0e0101" + "00000000" + "0000803f" + "00", plain.BodyHex);

        var scaled = Save(images.Append(_ml.Transforms.ExtractPixels("Image",
            colorsToExtract: ImagePixelExtractingEstimator.ColorBits.All,
            orderOfExtraction: ImagePixelExtractingEstimator.ColorsOrder.ABGR,
            interleavePixelColors: true, offsetImage: 127.5f, scaleImage: 0.5f))).Stage("Transform_002/");
        Assert.Equal("01000000" + "0000000000000000" + "0f0401" + "0000ff42" + "0000003f" + "01", scaled.BodyHex);

        var bytes = Save(images.Append(_ml.Transforms.ExtractPixels("Image",
            colorsToExtract: ImagePixelExtractingEstimator.ColorBits.Blue, offsetImage: 5, scaleImage: 6,
            outputAsFloatArray: false))).Stage("Transform_002/");
        Assert.Equal("01000000" + "0000000000000000" + "080100" + "00000000" + "0000803f" + "00", bytes.BodyHex);
    }

    [Fact]
    public void MapValueToKey_of_text()
    {
        var saved = Save(_ml.Transforms.Conversion.MapValueToKey("Label"));

        Check(saved.Stage(), "TERMTRNF", 0x00010003, 0x00010003, "TermTransform", SavedModel.DataAssembly, ["Label"]);
        // One column; it has no key values as text.
        Assert.Equal("01000000" + "0000000000000000" + "00", saved.Stage().BodyHex);

        var vocabulary = saved.Stage("Vocabulary/");
        Check(vocabulary, "TERM\0MAN", 0x00010002, 0x00010002, "TermManager", SavedModel.DataAssembly, ["rose", "tulip", "Ölweide"]);
        // One map; of text; three terms.
        Assert.Equal("01000000" + "00" + "03000000" + "00000000" + "01000000" + "02000000", vocabulary.BodyHex);
        Assert.Equal(["# Number of terms = 3", "0\trose", "1\ttulip", "2\tÖlweide", ""],
            Encoding.UTF8.GetString(saved["TransformerChain/Vocabulary/Terms.txt"]).Split(Environment.NewLine));
    }

    [Fact]
    public void MapValueToKey_of_numbers()
    {
        var vocabulary = Save(_ml.Transforms.Conversion.MapValueToKey("Key", "Number")).Stage("Vocabulary/");

        // One map; by a codec: its name, no parameters; three terms.
        Assert.Equal("01000000" + "01" + "05496e743332" + "00" + "03000000" + "03000000" + "ffffffff" + "07000000", vocabulary.BodyHex);
    }

    [Fact]
    public void MapKeyToValue()
    {
        var stage = Save(_ml.Transforms.Conversion.MapValueToKey("Label").Append(_ml.Transforms.Conversion.MapKeyToValue("Back", "Label")))
            .Stage("Transform_001/");

        Check(stage, "KEY2VALT", 0x00010001, 0x00010001, "KeyToValueTransform", SavedModel.DataAssembly, ["Back", "Label"]);
        Assert.Equal("01000000" + "0000000001000000", stage.BodyHex);
    }

    private SavedModel Save<T>(IEstimator<T> estimator)
        where T : class, ITransformer => new(_ml, estimator.Fit(FlowerRow.Load(_ml)));

    private static void Check(ModelStream stage, string signature, uint written, uint readable, string loader, string assembly,
        string[] strings)
    {
        Assert.Equal((signature, written, readable), (stage.Signature, stage.Written, stage.Readable));
        Assert.Equal((loader, assembly), (stage.Loader, stage.AssemblyName));
        Assert.Equal(strings, stage.Strings);
    }
}
