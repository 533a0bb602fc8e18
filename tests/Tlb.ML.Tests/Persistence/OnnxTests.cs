using static Tlb.ML.Tests.TestImages;

namespace Tlb.ML.Tests;

/// <summary>ML.NET's ONNX export takes a stage that it can't ask for the source of the data, and would write a file without the network.</summary>
public sealed class OnnxTests
{
    [Fact]
    public void A_pipeline_with_the_network_is_not_exported_without_it()
    {
        var ml = new MLContext(seed: 1);
        var rows = ml.Data.LoadFromEnumerable(Enumerable.Range(0, 12).Select(i => new VectorRow { Label = Labels[i % 3], Image = [.. Enumerable.Range(i, VectorRow.Length).Select(v => v / 255f)] }));
        var options = Options;
        options.Epoch = 1;
        var keyed = ml.Transforms.Conversion.MapValueToKey("Label").Fit(rows).Transform(rows);
        Refuse(Pipeline(ml, options).Fit(rows), rows);
        Refuse(ml.MulticlassClassification.Trainers.Tlb(options).Fit(keyed), keyed);

        void Refuse(ITransformer model, IDataView data)
        {
            using var file = new MemoryStream();
            var error = Assert.Throws<NotSupportedException>(() => ml.Model.ConvertToOnnx(model, data, file));
            Assert.Equal("ML.NET can't export a Temporal Latent Bottleneck network to ONNX. Model.SaveAsOnnx of its transformer can, without the stages around it; mlContext.Model.Save keeps all in an ML.NET zip.", error.Message);
            Assert.Equal(0, file.Length);
        }
    }

    /// <summary>Numbers, which ONNX has a form for: of images ML.NET says that it has none.</summary>
    private sealed class VectorRow
    {
        public const int Length = 3 * Size * Size;

        public string Label { get; set; } = "";

        [VectorType(Length)]
        public float[] Image { get; set; } = [];
    }
}
