namespace Tlb.ML;

/// <summary>Scores the image of the row it was made for, once for each row that is asked about.</summary>
internal sealed class RowScorer
{
    private readonly TlbTransformer _transformer;
    private readonly DataViewRow _row;
    private readonly PixelReader _pixels;
    private readonly RowNames _names;
    private readonly ImageBatch _batch;
    private readonly float[] _probabilities;
    private long _position = -1;

    public RowScorer(TlbTransformer transformer, DataViewRow row, DataViewSchema.Column feature)
    {
        (_transformer, _row) = (transformer, row);
        _pixels = PixelReader.Create(row, feature);
        _names = new RowNames(row);
        var layout = transformer.Model.ImageLayout;
        _batch = new(layout with { PixelType = feature.Type is VectorDataViewType ? PixelType.Single : PixelType.Byte }, capacity: 1);
        _probabilities = new float[transformer.Model.Network.NumberOfClasses];
    }

    /// <summary>Gives the probabilities of the current row.</summary>
    public void GetScore(ref VBuffer<float> score)
    {
        Update();
        var editor = VBufferEditor.Create(ref score, _probabilities.Length);
        _probabilities.CopyTo(editor.Values);
        score = editor.Commit();
    }

    /// <summary>Gives the key of the current row's most probable class, from 1; 0 where there is none.</summary>
    public void GetPredictedLabel(ref uint label)
    {
        Update();
        var best = 0;
        for (var i = 1; i < _probabilities.Length; i++)
            if (_probabilities[i] > _probabilities[best])
                best = i;
        label = float.IsNaN(_probabilities[best]) ? 0 : (uint)best + 1;
    }

    private void Update()
    {
        if (_row.Position == _position)
            return;
        _position = -1;                                                      // nothing stale is left behind by an exception
        try
        {
            ReadImage();
            _transformer.Scorer.Score(_batch, _probabilities);
        }
        catch (InvalidDataException e) when (_transformer.BadImageCallback is { } report)
        {
            report(new(_names.Current(tag: null), e.Message));
            Array.Fill(_probabilities, float.NaN);
        }
        _position = _row.Position;
    }

    private void ReadImage()
    {
        try
        {
            _pixels.Read();
        }
        catch (Exception e) when (e is not OperationCanceledException and not OutOfMemoryException)   // a stage before this one may throw anything
        {
            throw new InvalidDataException($"{_names.Current(tag: null)}: the image can't be read: {e.Message}", e);
        }
        var layout = _batch.Layout;
        if (_pixels.Height != layout.Height || _pixels.Width != layout.Width)
            throw new InvalidDataException(
                $"{_names.Current(_pixels.Tag)}: the image is {_pixels.Width}x{_pixels.Height} pixels; the model was trained on {layout.Width}x{layout.Height}. " +
                $"A stage ResizeImages(\"{_transformer.FeatureColumnName}\", {layout.Width}, {layout.Height}) before the trainer brings all images to one size.");
        _batch.Clear();
        _pixels.CopyTo(_batch.Add(), layout.PixelType);
    }
}
