using Microsoft.ML.Transforms.Image;
using static Microsoft.ML.SchemaShape.Column;

namespace Tlb.ML;

/// <summary>The columns of a trainer before there are data: checks and output shape.</summary>
internal static class SchemaShapes
{
    /// <summary>The shape of the trainer's output.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The label, feature or example weight column is missing or of a type that can't be used.</exception>
    public static SchemaShape Output(SchemaShape input, TlbTrainer.Options options)
    {
        var label = Find(input, "label", options.LabelColumnName);
        if (!label.IsKey)
            throw new ArgumentOutOfRangeException(nameof(input), LabelReader.Mismatch(options.LabelColumnName, label.GetTypeString()));
        var feature = Find(input, "feature", options.FeatureColumnName);
        if (feature.ItemType is not ImageDataViewType && (feature.Kind != VectorKind.Vector || feature.ItemType != NumberDataViewType.Single))
            throw new ArgumentOutOfRangeException(nameof(input), FeatureColumn.Mismatch(options.FeatureColumnName, feature.GetTypeString()));
        if (options.ExampleWeightColumnName is { } weightName)
        {
            var weight = Find(input, "example weight", weightName);
            if (weight.Kind != VectorKind.Scalar || weight.ItemType != NumberDataViewType.Single)
                throw new ArgumentOutOfRangeException(nameof(input), ExampleWeight.Mismatch(weightName, weight.GetTypeString()));
        }

        var columns = input.ToDictionary(column => column.Name);
        columns[options.ScoreColumnName] = new(
            options.ScoreColumnName, VectorKind.Vector, NumberDataViewType.Single, isKey: false, new SchemaShape(AnnotationUtils.AnnotationsForMulticlassScoreColumn(label)));
        var predicted = AnnotationUtils.GetTrainerOutputAnnotation();
        if (label.Annotations.TryFindColumn(AnnotationUtils.Kinds.KeyValues, out var keyValues))
            predicted = predicted.Append(keyValues);
        columns[options.PredictedLabelColumnName] = new(
            options.PredictedLabelColumnName, VectorKind.Scalar, NumberDataViewType.UInt32, isKey: true, new SchemaShape(predicted));
        return new(columns.Values);
    }

    private static SchemaShape.Column Find(SchemaShape schema, string role, string name) => schema.TryFindColumn(name, out var column)
        ? column
        : throw new ArgumentOutOfRangeException(nameof(schema), $"Could not find the {role} column '{name}'. The columns are: {string.Join(", ", schema.Select(c => c.Name))}.");
}
