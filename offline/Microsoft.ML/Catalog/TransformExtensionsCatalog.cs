using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace Microsoft.ML;

/// <summary>Estimators that copy, keep and drop columns.</summary>
public static class TransformExtensionsCatalog
{
    public static ColumnCopyingEstimator CopyColumns(this TransformsCatalog catalog, string outputColumnName, string inputColumnName) =>
        new(catalog.GetEnvironment(), (outputColumnName, inputColumnName));

    public static ColumnSelectingEstimator DropColumns(this TransformsCatalog catalog, params string[] columnNames) =>
        new(catalog.GetEnvironment(), null, columnNames);

    public static ColumnSelectingEstimator SelectColumns(this TransformsCatalog catalog, string[] columnNames, bool keepHidden) =>
        new(catalog.GetEnvironment(), columnNames, null, keepHidden);

    public static ColumnSelectingEstimator SelectColumns(this TransformsCatalog catalog, params string[] columnNames) =>
        catalog.SelectColumns(columnNames, false);
}
