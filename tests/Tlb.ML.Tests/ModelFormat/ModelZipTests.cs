using System.IO.Compression;
using System.Text;
using Microsoft.ML.Transforms.Image;

namespace Tlb.ML.Tests.ModelFormat;

public class ModelZipTests
{
    private readonly MLContext _ml = new(1);

    [Fact]
    public void A_chain_stands_behind_its_links()
    {
        var data = FlowerRow.Load(_ml);
        var model = _ml.Transforms.Conversion.MapValueToKey("Label")
            .Append(_ml.Transforms.LoadImages("Image", "", "ImagePath"))
            .Append(_ml.Transforms.ResizeImages("Image", 8, 8))
            .Append(_ml.Transforms.Conversion.MapKeyToValue("Label"))
            .Fit(data);

        var saved = new SavedModel(_ml, model, data.Schema);

        Assert.Equal(
        [
            "TrainingInfo/Version.txt",
            "TransformerChain/Transform_000/Vocabulary/Terms.txt",
            "TransformerChain/Transform_000/Vocabulary/Model.key",
            "TransformerChain/Transform_000/Model.key",
            "TransformerChain/Transform_001/Model.key",
            "TransformerChain/Transform_002/Model.key",
            "TransformerChain/Transform_003/Model.key",
            "TransformerChain/Model.key",
            "Schema",
        ], saved.Names);
    }

    [Fact]
    public void A_chain_within_a_chain_has_a_directory_of_its_own()
    {
        var data = FlowerRow.Load(_ml);
        var inner = _ml.Transforms.LoadImages("Image", "", "ImagePath").Append(_ml.Transforms.ResizeImages("Image", 8, 8)).Fit(data);
        var outer = new TransformerChain<ITransformer>(inner, _ml.Transforms.ResizeImages("Image", 4, 4).Fit(inner.Transform(data)));

        Assert.Equal(
        [
            "TrainingInfo/Version.txt",
            "TransformerChain/Transform_000/Transform_000/Model.key",
            "TransformerChain/Transform_000/Transform_001/Model.key",
            "TransformerChain/Transform_000/Model.key",
            "TransformerChain/Transform_001/Model.key",
            "TransformerChain/Model.key",
        ], new SavedModel(_ml, outer).Names);
    }

    [Fact]
    public void A_single_stage_takes_the_place_of_the_chain()
    {
        var model = _ml.Transforms.LoadImages("Image", "", "ImagePath").Fit(FlowerRow.Load(_ml));

        Assert.Equal(["TrainingInfo/Version.txt", "TransformerChain/Model.key"], new SavedModel(_ml, model).Names);
    }

    [Fact]
    public void The_first_entry_says_which_version_wrote_it()
    {
        var saved = new SavedModel(_ml, new TransformerChain<ITransformer>());

        var version = Encoding.UTF8.GetString(saved["TrainingInfo/Version.txt"]);
        Assert.StartsWith("5.0.0", version, StringComparison.Ordinal);
        Assert.Equal(Environment.NewLine, version[version.TrimEnd().Length..]);
    }

    [Fact]
    public void Entries_are_packed()
    {
        var saved = new SavedModel(_ml, new TransformerChain<ITransformer>(), FlowerRow.Load(_ml).Schema);

        using var zip = new ZipArchive(new MemoryStream(saved.File));
        Assert.All(zip.Entries.Where(e => e.Length > 200), e => Assert.True(e.CompressedLength < e.Length));
    }

    [Fact]
    public void The_header_says_what_is_where()
    {
        var model = _ml.Transforms.ResizeImages("Out", 48, 40, "In").Fit(EmptyImages());

        var header = new SavedModel(_ml, model)["TransformerChain/Model.key"][..0x100];

        using var expected = new MemoryStream(new byte[0x100]);
        using var writer = new BinaryWriter(expected);
        Put(0x00, w => w.Write("ML\0MODEL"u8));
        Put(0x08, w => w.Write(0x00010002));
        Put(0x0C, w => w.Write(0x00010002));
        Put(0x10, w => w.Write(0x100L));                // the model: one column, two names, two sizes, kind and anchor
        Put(0x18, w => w.Write(4L + 8 + 8 + 2));
        Put(0x20, w => w.Write(0x116L));                // the ends of two strings
        Put(0x28, w => w.Write(16L));
        Put(0x30, w => w.Write(0x126L));                // "Out" and "In"
        Put(0x38, w => w.Write(10L));
        Put(0x40, w => w.Write("IMGSCALF"u8));
        Put(0x48, w => w.Write(0x00010003));
        Put(0x4C, w => w.Write(0x00010003));
        Put(0x50, w => w.Write("ImageScalerTransform"u8));
        Put(0x80, w => w.Write(0x130L + 2 * SavedModel.ImageAssembly.Length));
        Put(0x88, w => w.Write(0x138L + 2 * SavedModel.ImageAssembly.Length));
        Put(0x90, w => w.Write(0x130L));
        Put(0x98, w => w.Write(2 * SavedModel.ImageAssembly.Length));
        Assert.Equal(expected.ToArray(), header);

        void Put(long at, Action<BinaryWriter> write)
        {
            expected.Position = at;
            write(writer);
        }
    }

    [Fact]
    public void A_loaded_chain_saves_to_the_same_streams()
    {
        var data = FlowerRow.Load(_ml);
        var saved = new SavedModel(_ml, _ml.Transforms.Conversion.MapValueToKey("Label")
            .Append(_ml.Transforms.LoadImages("Image", "", "ImagePath"))
            .Append(_ml.Transforms.ResizeImages("Small", 8, 6, "Image", ImageResizingEstimator.ResizingKind.IsoPad))
            .Append(_ml.Transforms.ExtractPixels("Pixels", "Small", interleavePixelColors: true, offsetImage: 127.5f, scaleImage: 2))
            .Append(_ml.Transforms.Conversion.MapKeyToValue("Back", "Label"))
            .Fit(data), data.Schema);

        var ml = new MLContext();
        var again = new SavedModel(ml, SavedModel.Load(ml, saved.File, out var schema), schema);

        Assert.Equal(saved.Names, again.Names);
        Assert.All(saved.Names, name => Assert.Equal(saved[name], again[name]));
    }

    [Fact]
    public void A_file_without_a_schema_gives_none()
    {
        var saved = new SavedModel(_ml, new TransformerChain<ITransformer>());

        var model = SavedModel.Load(_ml, saved.File, out var schema);

        Assert.Null(schema);
        Assert.Empty(Assert.IsType<TransformerChain<ITransformer>>(model));
    }

    [Fact]
    public void Saving_and_loading_by_path_is_the_same()
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            var data = FlowerRow.Load(_ml);
            _ml.Model.Save(_ml.Transforms.Conversion.MapValueToKey("Label").Fit(data), data.Schema, path);

            var model = _ml.Model.Load(path, out var schema);

            Assert.Equal(["Label", "ImagePath", "Number", "Sizes"], schema.Select(c => c.Name));
            Assert.Equal("Key<UInt32, 0-2>", model.GetOutputSchema(schema)["Label"].Type.ToString());
        }
        finally
        {
            File.Delete(path);
        }
    }

    private IDataView EmptyImages() => _ml.Data.LoadFromEnumerable<ImageRow>([]);

    private sealed class ImageRow
    {
        [ImageType(20, 30)]
        public MLImage? In { get; set; }
    }
}
