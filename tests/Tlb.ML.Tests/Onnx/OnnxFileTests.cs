using System.Text.Json;
using Tlb.Cpu;
using Tlb.Tests;

namespace Tlb.ML.Tests;

/// <summary>ONNX files of networks: ONNX Runtime computes of them what the CPU engine computes of the networks.</summary>
public sealed class OnnxFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public static TheoryData<string> Names => OnnxNetworks.Names;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void A_network_gives_the_probabilities_that_the_engine_gives(string name)
    {
        var config = OnnxNetworks.Of(name);
        var same = new ImageLayout { Height = config.ImageSize, Width = config.ImageSize };
        ImageLayout[] layouts =
        [
            same,
            same with { Height = config.ImageSize - 1, Width = config.ImageSize + 3 },
            same with { Height = 3 * config.ImageSize + 1, Offset = 127.5f, Scale = 1 / 127.5f },
            same with { PixelType = PixelType.Single, Scale = 1 },
            same with { PixelType = PixelType.Single, Height = 1, Width = 70, Offset = 0.5f, Scale = 2 },
        ];
        foreach (var layout in layouts)
            AssertScores(config, layout, $"{name}, {layout}");
    }

    [Theory]
    [InlineData(TokenizerKind.Patches)]
    [InlineData(TokenizerKind.Convolutions)]
    public void Every_choice_of_the_papers_form_gives_the_probabilities_that_the_engine_gives(TokenizerKind tokenizer)
    {
        foreach (var config in OnnxNetworks.AllChoices(tokenizer))
            AssertScores(config, new() { Height = config.ImageSize + 1, Width = config.ImageSize }, config.ToString());
    }

    /// <summary>Also where the picture is resized: the mirror image is made of what is resized.</summary>
    [Theory]
    [InlineData(nameof(TlbConfig.Tiny))]
    [InlineData(nameof(TlbConfig.Base))]
    public void Means_with_mirror_images_are_in_the_file(string name)
    {
        var config = OnnxNetworks.Of(name);
        foreach (var width in (int[])[config.ImageSize, 2 * config.ImageSize + 3])
        {
            var layout = new ImageLayout { Height = config.ImageSize, Width = width };
            var model = OnnxNetworks.Model(config, layout);
            model.AverageMirrorImages = true;
            using var onnx = new OnnxModel(model, _folder["model.onnx"]);
            foreach (var count in (int[])[1, 5])
            {
                var images = Augmentations.RandomBatch(layout, count, seed: count, config.NumberOfClasses);
                var mirrored = new ImageBatch(layout, count);
                images.MirrorTo(mirrored);
                using var scorer = new CpuEngine().CreateScorer(model.Weights);
                float[] plain = new float[count * config.NumberOfClasses], others = new float[plain.Length];
                scorer.Score(images, plain);
                scorer.Score(mirrored, others);
                Close.Absolute([.. plain.Zip(others, (a, b) => (a + b) / 2)], onnx.Score(images), 1e-5, $"{name}, {count} images {width} wide");
            }
        }
    }

    [Fact]
    public void An_image_that_is_much_larger_is_resized_at_the_same_places()
    {
        var config = TlbConfig.Tiny;
        AssertScores(config, new() { Height = 3, Width = 50_021 }, "a long row");
        AssertScores(config, new() { Height = 4_999, Width = 7 }, "a long column");
    }

    [Fact]
    public void The_classes_and_the_description_are_in_the_file()
    {
        string[] classes = ["rose", "", "Bärlauch 🌿 \"wild\"", "a\nb"];
        var model = OnnxNetworks.Model(TlbConfig.Tiny with { NumberOfClasses = classes.Length }, new() { Height = 9, Width = 7 }, classes);
        using var onnx = new OnnxModel(model, _folder["model.onnx"]);
        Assert.Equal(classes, JsonSerializer.Deserialize<string[]>(onnx.Metadata.CustomMetadataMap["classes"])!);
        Assert.Equal(model.GetSummary(), onnx.Metadata.Description);
        Assert.Equal("Tlb.ML", onnx.Metadata.ProducerName);
        Assert.Equal([-1, 9, 7, 3], onnx.InputSizes);
    }

    [Fact]
    public void A_model_without_names_has_an_empty_list_of_them()
    {
        using var onnx = new OnnxModel(OnnxNetworks.Model(TlbConfig.Tiny, new() { Height = 8, Width = 8 }), _folder["model.onnx"]);
        Assert.Equal("[]", onnx.Metadata.CustomMetadataMap["classes"]);
    }

    [Fact]
    public void Weights_are_in_the_file_once_whatever_the_number_of_chunks()
    {
        var config = TlbConfig.Base with { ImageSize = 96, ConvolutionLayers = 3, ChunkSize = 12 };
        var model = OnnxNetworks.Model(config, new() { Height = 96, Width = 96 });
        model.SaveAsOnnx(_folder["model.onnx"]);
        Assert.Equal(12, config.ChunkCount);
        var values = (long)sizeof(float) * model.Weights.Values.Length;
        Assert.InRange(new FileInfo(_folder["model.onnx"]).Length, values, values * 3 / 2);
    }

    [Fact]
    public void A_file_is_replaced_by_a_whole_one_or_stays()
    {
        File.WriteAllText(_folder["model.onnx"], "old");
        var model = OnnxNetworks.Model(TlbConfig.Tiny, new() { Height = 8, Width = 8 });
        model.Weights["head.bias"][1] = float.NaN;
        var error = Assert.Throws<InvalidOperationException>(() => model.SaveAsOnnx(_folder["model.onnx"]));
        Assert.StartsWith("The weights can't be saved: 'head.bias' holds NaN at place 1", error.Message, StringComparison.Ordinal);
        Assert.Throws<DirectoryNotFoundException>(() => OnnxNetworks.Model(TlbConfig.Tiny, new() { Height = 8, Width = 8 }).SaveAsOnnx(_folder["no/model.onnx"]));
        Assert.Equal("old", File.ReadAllText(_folder["model.onnx"]));
        Assert.Equal(["model.onnx"], Directory.GetFiles(_folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void ML_NET_scores_with_the_file()
    {
        var (ml, layout) = (new MLContext(seed: 1), new ImageLayout { Height = ImageRow.Height, Width = ImageRow.Width });
        var model = OnnxNetworks.Model(TlbConfig.Tiny, layout);
        var batch = Augmentations.RandomBatch(layout, 3, seed: 1);
        using var onnx = new OnnxModel(model, _folder["model.onnx"]);
        var rows = ml.Data.LoadFromEnumerable(Enumerable.Range(0, batch.Count).Select(i => new ImageRow { Image = batch.Image(i).ToArray() }));
        var pipeline = ml.Transforms.ApplyOnnxModel("probabilities", "image", _folder["model.onnx"]);
        using var transformer = pipeline.Fit(rows);
        var scores = ml.Data.CreateEnumerable<Prediction>(transformer.Transform(rows), reuseRowObject: false).SelectMany(row => row.Probabilities);
        Close.Absolute(onnx.Score(batch), [.. scores], 1e-6, "ML.NET");
    }

    private void AssertScores(TlbConfig config, ImageLayout layout, string what)
    {
        using var onnx = new OnnxModel(OnnxNetworks.Model(config, layout), _folder["model.onnx"]);
        foreach (var count in (int[])[1, 5])
            onnx.AssertScores(Augmentations.RandomBatch(layout, count, seed: count, config.NumberOfClasses), what);
    }

    private sealed class ImageRow
    {
        public const int Height = 9, Width = 6;

        [ColumnName("image"), VectorType(1, Height, Width, TlbConfig.Channels)]
        public byte[] Image { get; set; } = [];
    }

    private sealed class Prediction
    {
        [ColumnName("probabilities")]
        public float[] Probabilities { get; set; } = [];
    }
}
