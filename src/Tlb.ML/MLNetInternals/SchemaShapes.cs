using Microsoft.ML.Transforms.Image;
using static Microsoft.ML.SchemaShape.Column;

namespace Tlb.ML;

/// <summary>What a trainer does with the columns before there are data.</summary>
internal static class SchemaShapes
{
    /// <summary>A column by its name; null where there is none.</summary>
    public static SchemaShape.Column? Find(SchemaShape schema, string name) => schema.TryFindColumn(name, out var column) ? column : null;

    /// <summary>A column's type, for messages.</summary>
    public static string TypeText(SchemaShape.Column column) => column.GetTypeString();

    /// <summary>The columns with one of decoded images.</summary>
    /// <param name="input">The columns before.</param>
    /// <param name="inputColumnName">The column of what is decoded.</param>
    /// <param name="outputColumnName">The column of images.</param>
    /// <exception cref="ArgumentOutOfRangeException">The input column is missing, or of another type than expected.</exception>
    public static SchemaShape WithImages(SchemaShape input, string inputColumnName, string outputColumnName)
    {
        var column = Find(input, inputColumnName) ?? throw new ArgumentOutOfRangeException(
            nameof(input), $"Could not find the input column '{inputColumnName}'. The columns are: {string.Join(", ", input.Select(each => each.Name))}.");
        if (column.Kind == VectorKind.Scalar ? column.ItemType is not (TextDataViewType or ImageDataViewType) : column.ItemType.RawType != typeof(byte))
            throw new ArgumentOutOfRangeException(nameof(input), ImageDecodingMapper.Mismatch(inputColumnName, TypeText(column)));
        var columns = input.ToDictionary(each => each.Name);
        columns[outputColumnName] = new(outputColumnName, VectorKind.Scalar, new ImageDataViewType(), isKey: false);
        return new(columns.Values);
    }

    /// <summary>The columns with those that a multiclass trainer adds, as ML.NET's own trainers describe them.</summary>
    /// <param name="input">The columns before.</param>
    /// <param name="label">The label column, a key: the predicted label has its key values.</param>
    /// <param name="scoreColumnName">The column of scores.</param>
    /// <param name="predictedLabelColumnName">The column of the predicted label.</param>
    public static SchemaShape WithScores(SchemaShape input, SchemaShape.Column label, string scoreColumnName, string predictedLabelColumnName)
    {
        var columns = input.ToDictionary(column => column.Name);
        columns[scoreColumnName] = new(
            scoreColumnName, VectorKind.Vector, NumberDataViewType.Single, isKey: false, new SchemaShape(AnnotationUtils.AnnotationsForMulticlassScoreColumn(label)));
        var predicted = AnnotationUtils.GetTrainerOutputAnnotation();
        if (label.Annotations.TryFindColumn(AnnotationUtils.Kinds.KeyValues, out var keyValues))
            predicted = predicted.Append(keyValues);
        columns[predictedLabelColumnName] = new(predictedLabelColumnName, VectorKind.Scalar, NumberDataViewType.UInt32, isKey: true, new SchemaShape(predicted));
        return new(columns.Values);
    }
}
