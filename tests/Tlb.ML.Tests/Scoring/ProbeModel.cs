using static Tlb.ML.Tests.TestImages;

namespace Tlb.ML.Tests;

/// <summary>A model over <see cref="ProbeView"/>, and what it should say of each row: computed one image at a time.</summary>
internal sealed class ProbeModel : IDisposable
{
    private readonly MLContext _ml = new(seed: 1);
    private readonly List<float[]> _expected = [];
    private readonly PredictionEngine<ImageRow, Scores> _engine;

    public ProbeModel()
    {
        var rows = _ml.Data.LoadFromEnumerable(Rows(12));
        var options = Options;
        options.Epoch = 1;
        Transformer = _ml.MulticlassClassification.Trainers.Tlb(options).Fit(_ml.Transforms.Conversion.MapValueToKey("Label").Fit(rows).Transform(rows));
        _engine = CreateEngine();
    }

    public TlbTransformer Transformer { get; }

    public PredictionEngine<ImageRow, Scores> CreateEngine() =>
        _ml.Model.CreatePredictionEngine<ImageRow, Scores>(Transformer, new PredictionEngineOptions { OwnsTransformer = false });

    /// <summary>The scores of a row of any <see cref="ProbeView"/>.</summary>
    public float[] Expected(long row)
    {
        for (var next = _expected.Count; next <= row; next++)
        {
            using var image = ProbeView.Picture(next);
            _expected.Add(_engine.Predict(new() { Image = image }).Score);
        }
        return _expected[(int)row];
    }

    public void Dispose()
    {
        _engine.Dispose();
        Transformer.Dispose();
    }

    internal sealed class Scores
    {
        public float[] Score { get; set; } = [];
    }
}
