using Microsoft.ML.Transforms.Image;
using static Microsoft.ML.SchemaShape.Column;

namespace Tlb.ML;

/// <summary>The columns of a trainer before there are data: checks and output.</summary>
internal static class TrainerColumns
{
    /// <summary>The columns after the trainer.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The label, feature or example weight column is missing or of a type that can't be used.</exception>
    public static SchemaShape Output(SchemaShape input, TlbTrainer.Options options)
    {
        var label = Find("label", options.LabelColumnName);
        if (!label.IsKey)
            throw new ArgumentOutOfRangeException(nameof(input), LabelReader.Mismatch(options.LabelColumnName, SchemaShapes.TypeText(label)));
        var feature = Find("feature", options.FeatureColumnName);
        if (feature.ItemType is not ImageDataViewType && (feature.Kind != VectorKind.Vector || feature.ItemType != NumberDataViewType.Single))
            throw new ArgumentOutOfRangeException(nameof(input), FeatureColumn.Mismatch(options.FeatureColumnName, SchemaShapes.TypeText(feature)));
        if (options.ExampleWeightColumnName is { } weightName)
        {
            var weight = Find("example weight", weightName);
            if (weight.Kind != VectorKind.Scalar || weight.ItemType != NumberDataViewType.Single)
                throw new ArgumentOutOfRangeException(nameof(input), ExampleWeight.Mismatch(weightName, SchemaShapes.TypeText(weight)));
        }
        return SchemaShapes.WithScores(input, label, options.ScoreColumnName, options.PredictedLabelColumnName);

        SchemaShape.Column Find(string role, string name) => SchemaShapes.Find(input, name)
            ?? throw new ArgumentOutOfRangeException(nameof(input), $"Could not find the {role} column '{name}'. The columns are: {string.Join(", ", input.Select(c => c.Name))}.");
    }
}
