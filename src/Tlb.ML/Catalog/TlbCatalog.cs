namespace Tlb.ML;

/// <summary>Adds the trainer to <c>mlContext.MulticlassClassification.Trainers</c>.</summary>
public static class TlbCatalog
{
    /// <summary>Creates a <see cref="TlbTrainer"/>, which trains an image classifier from scratch.</summary>
    /// <param name="catalog">The multiclass classification trainers.</param>
    /// <param name="labelColumnName">The label column: a key.</param>
    /// <param name="featureColumnName">The image column: images of one size, or float vectors of a known size.</param>
    /// <param name="exampleWeightColumnName">The column of the images' weights in the loss; null for none.</param>
    /// <param name="scoreColumnName">The output column of the classes' probabilities.</param>
    /// <param name="predictedLabelColumnName">The output column of the most probable class.</param>
    /// <param name="network">The network; null for <see cref="TlbConfig.ForImages"/> of the images' size. Its number of classes is set from the label column.</param>
    /// <param name="epoch">How often the training images are gone through.</param>
    /// <param name="batchSize">The images of one step.</param>
    /// <param name="learningRate">The learning rate: the highest of the schedule.</param>
    /// <param name="validationSet">Images to measure on after each epoch; null for none.</param>
    /// <exception cref="ArgumentException">An argument is out of range; the message lists all that are.</exception>
    public static TlbTrainer Tlb(
        this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog,
        string labelColumnName = ColumnNames.Label,
        string featureColumnName = ColumnNames.Features,
        string? exampleWeightColumnName = null,
        string scoreColumnName = ColumnNames.Score,
        string predictedLabelColumnName = ColumnNames.PredictedLabel,
        TlbConfig? network = null,
        int epoch = TrainingOptions.Defaults.Epoch,
        int batchSize = TrainingOptions.Defaults.BatchSize,
        float learningRate = TrainingOptions.Defaults.LearningRate,
        IDataView? validationSet = null) => catalog.Tlb(new TlbTrainer.Options
        {
            LabelColumnName = labelColumnName,
            FeatureColumnName = featureColumnName,
            ExampleWeightColumnName = exampleWeightColumnName,
            ScoreColumnName = scoreColumnName,
            PredictedLabelColumnName = predictedLabelColumnName,
            Network = network,
            Epoch = epoch,
            BatchSize = batchSize,
            LearningRate = learningRate,
            ValidationSet = validationSet,
        });

    /// <summary>Creates a <see cref="TlbTrainer"/>, which trains an image classifier from scratch.</summary>
    /// <param name="catalog">The multiclass classification trainers.</param>
    /// <param name="options">All options.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message lists all that are.</exception>
    public static TlbTrainer Tlb(this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog, TlbTrainer.Options options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new(Environments.Of(catalog), options);
    }
}
