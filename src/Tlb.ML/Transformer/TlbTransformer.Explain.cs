namespace Tlb.ML;

/// <summary>Explaining: what the network attended to in images.</summary>
public sealed partial class TlbTransformer
{
    /// <summary>Scores an image and says what the network attended to in it.</summary>
    /// <remarks>
    /// The stages before this transformer are not run: the image must be as they would hand it over, above all of the size that
    /// the model was trained on. <see cref="Explain(IDataView)"/> takes their output.
    /// Where the model scores mirror images too (<see cref="TlbModelParameters.AverageMirrorImages"/>), so do these scores; the attention is to the picture itself.
    /// </remarks>
    /// <param name="image">The image. It stays the caller's.</param>
    /// <exception cref="ArgumentException">The image has another size than the model was trained on.</exception>
    /// <exception cref="InvalidOperationException">The model was trained on vectors whose values don't go from 0 to 255, as an image's do.</exception>
    public ImageExplanation Explain(MLImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        var layout = Model.ImageLayout with { PixelType = PixelType.Byte };
        if (layout.Scale == 1)
            throw new InvalidOperationException(
                $"The model was trained on values that are taken as they are, such as 0 to 1, not on those of images, 0 to 255. Explain rows of the column '{FeatureColumnName}' instead.");
        if (MLImagePixels.FindProblem(image) is { } problem)
            throw new ArgumentException($"The image can't be used: {problem}", nameof(image));
        if (image.Height != layout.Height || image.Width != layout.Width)
            throw new ArgumentException(
                $"The image is {image.Width}x{image.Height} pixels; the model was trained on {layout.Width}x{layout.Height}. " +
                "Resize it as the pipeline does, or explain rows: those that the whole model's Transform gives.", nameof(image));
        var batch = new ImageBatch(layout, capacity: 1);
        MLImagePixels.CopyTo(image, layout.Background, batch.Add(), layout.PixelType);
        return Explain(batch);
    }

    /// <summary>Scores the images of rows and says what the network attended to in them, one after the other as they are asked for.</summary>
    /// <param name="input">
    /// Rows with the column <see cref="FeatureColumnName"/>, such as a whole model's <c>Transform</c> gives; only that column is read, and the texts that name a row
    /// in a message.
    /// </param>
    /// <returns>
    /// An explanation for each row, in order. At a row whose image can't be read, <see cref="BadImageCallback"/> is called and the row left
    /// out; where there is none, an <see cref="InvalidDataException"/> is thrown.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">The feature column is missing or of a type that holds no images.</exception>
    public IEnumerable<ImageExplanation> Explain(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return ExplainRows(input, FeatureColumn.Check(input.Schema, FeatureColumnName));
    }

    private IEnumerable<ImageExplanation> ExplainRows(IDataView input, DataViewSchema.Column feature)
    {
        // What comes after the scores is made of them; it isn't computed for a name.
        var names = RowNames.TextColumns(input.Schema).Where(column => !(input.Schema.GetColumnOrNull(ScoreColumnName)?.Index < column.Index));
        using var cursor = input.GetRowCursor([feature, .. names]);
        var images = new ScoringImages(this, cursor, feature);
        var batch = new ImageBatch(ScoringImages.Layout(this, feature), capacity: 1);
        batch.Resize(1);
        while (cursor.MoveNext())
        {
            try
            {
                images.Read(batch.Image(0), batch.Layout, cursor.Position);
            }
            catch (InvalidDataException e) when (BadImageCallback is { } report)
            {
                ScoringImages.Report(report, e);
                continue;
            }
            yield return Explain(batch);
        }
    }

    private ImageExplanation Explain(ImageBatch image)
    {
        var score = new float[Model.Network.NumberOfClasses];
        var attention = new float[Model.Network.TokenCount];
        var stateAttention = new float[Model.Network.DistinctStates * Model.Network.TokenCount];
        _scoring.EnterReadLock();
        try
        {
            _scorer.Value.Explain(image, score, attention, stateAttention);
            AverageMirrored(image, score);                                   // the attention is to the picture itself
        }
        finally
        {
            _scoring.ExitReadLock();
        }
        return new(Model, image, score, attention, stateAttention);
    }
}
