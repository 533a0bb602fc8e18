namespace Tlb.ML;

/// <summary>Scores the image of the row it was made for, once for each row that is asked about: for images that come one at a time.</summary>
internal sealed class RowScorer : IRowScores
{
    private readonly TlbTransformer _transformer;
    private readonly DataViewRow _row;
    private readonly ScoringImages _images;
    private readonly ImageBatch _batch;
    private readonly float[] _probabilities;
    private long _position = -1;

    public RowScorer(TlbTransformer transformer, DataViewRow row, DataViewSchema.Column feature)
    {
        (_transformer, _row) = (transformer, row);
        _images = new(transformer, row, feature);
        _batch = new(ScoringImages.Layout(transformer, feature), capacity: 1);
        _batch.Resize(1);
        _probabilities = new float[transformer.Model.Network.NumberOfClasses];
    }

    public void GetScore(ref VBuffer<float> score)
    {
        Update();
        RowScores.CopyTo(_probabilities, ref score);
    }

    public void GetPredictedLabel(ref uint label)
    {
        Update();
        label = RowScores.PredictedLabel(_probabilities);
    }

    private void Update()
    {
        if (_row.Position < 0)
            throw BufferedRow.NoRow();
        if (_row.Position == _position)
            return;
        _position = -1;                                                      // nothing stale is left behind by an exception
        if (TryRead())
            _transformer.Score(_batch, _probabilities);
        else
            Array.Fill(_probabilities, float.NaN);
        _position = _row.Position;
    }

    /// <summary>Reads the image; tells the transformer's callback where it can't be read.</summary>
    private bool TryRead()
    {
        try
        {
            _images.Read(_batch.Image(0), _batch.Layout, _row.Position);
            return true;
        }
        catch (InvalidDataException e) when (_transformer.BadImageCallback is { } report)
        {
            ScoringImages.Report(report, e);
            return false;
        }
    }
}
