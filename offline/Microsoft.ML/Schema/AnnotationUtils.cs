using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>The kinds of annotations that components agree on.</summary>
internal static class AnnotationUtils
{
    public static class Kinds
    {
        public const string SlotNames = "SlotNames";
        public const string KeyValues = "KeyValues";
        public const string ScoreColumnSetId = "ScoreColumnSetId";
        public const string ScoreColumnKind = "ScoreColumnKind";
        public const string ScoreValueKind = "ScoreValueKind";
        public const string IsNormalized = "IsNormalized";
        public const string IsUserVisible = "IsUserVisible";
        public const string TrainingLabelValues = "TrainingLabelValues";
        public const string CategoricalSlotRanges = "CategoricalSlotRanges";
    }

    public static class Const
    {
        public static class ScoreColumnKind
        {
            public const string BinaryClassification = "BinaryClassification";
            public const string MulticlassClassification = "MulticlassClassification";
            public const string Regression = "Regression";
        }

        public static class ScoreValueKind
        {
            public const string Score = "Score";
            public const string PredictedLabel = "PredictedLabel";
            public const string Probability = "Probability";
        }
    }

    public static KeyDataViewType ScoreColumnSetIdType { get; } = new(typeof(uint), int.MaxValue);

    public static VectorDataViewType GetNamesType(int size)
    {
        Contracts.CheckParam(size > 0, nameof(size), "must be known size");
        return new VectorDataViewType(TextDataViewType.Instance, size);
    }

    /// <summary>The greatest value of a key annotation over all columns, and a column that has it; 0 and -1 without any.</summary>
    public static uint GetMaxAnnotationKind(this DataViewSchema schema, out int colMax, string annotationKind,
        Func<DataViewSchema, int, bool> filterFunc = null)
    {
        uint max = 0;
        colMax = -1;
        for (var i = 0; i < schema.Count; i++)
        {
            if (!IsUInt32Key(schema[i].Annotations, annotationKind) || filterFunc is not null && !filterFunc(schema, i))
                continue;
            uint value = 0;
            schema[i].Annotations.GetValue(annotationKind, ref value);
            if (value <= max)
                continue;
            max = value;
            colMax = i;
        }
        return max;
    }

    public static IEnumerable<int> GetColumnSet(this DataViewSchema schema, string annotationKind, uint value)
    {
        foreach (var column in schema.Where(c => IsUInt32Key(c.Annotations, annotationKind)))
        {
            uint given = 0;
            column.Annotations.GetValue(annotationKind, ref given);
            if (given == value)
                yield return column.Index;
        }
    }

    public static IEnumerable<int> GetColumnSet(this DataViewSchema schema, string annotationKind, string value)
    {
        foreach (var column in schema.Where(c => c.Annotations.Schema.GetColumnOrNull(annotationKind)?.Type is TextDataViewType))
        {
            ReadOnlyMemory<char> given = default;
            column.Annotations.GetValue(annotationKind, ref given);
            if (given.Span.SequenceEqual(value))
                yield return column.Index;
        }
    }

    public static bool HasSlotNames(this DataViewSchema.Column column, int vectorSize) => vectorSize != 0
        && column.Annotations.Schema.GetColumnOrNull(Kinds.SlotNames)?.Type is VectorDataViewType { ItemType: TextDataViewType } names
        && names.Size == vectorSize;

    public static bool NeedsSlotNames(this SchemaShape.Column col) => col.Annotations.TryFindColumn(Kinds.KeyValues, out var values)
        && values.Kind == SchemaShape.Column.VectorKind.Vector && values.ItemType is TextDataViewType;

    public static bool IsNormalized(this SchemaShape.Column column)
    {
        Contracts.CheckParam(column.IsValid, nameof(column), "struct not initialized properly");
        return column.Annotations.TryFindColumn(Kinds.IsNormalized, out var flag)
            && flag.Kind == SchemaShape.Column.VectorKind.Scalar && !flag.IsKey && flag.ItemType == BooleanDataViewType.Instance;
    }

    public static bool HasSlotNames(this SchemaShape.Column col)
    {
        Contracts.CheckParam(col.IsValid, nameof(col), "struct not initialized properly");
        return col.Kind == SchemaShape.Column.VectorKind.Vector && col.Annotations.TryFindColumn(Kinds.SlotNames, out var names)
            && names.Kind == SchemaShape.Column.VectorKind.Vector && !names.IsKey && names.ItemType == TextDataViewType.Instance;
    }

    /// <summary>What the output columns of every trainer carry.</summary>
    public static IEnumerable<SchemaShape.Column> GetTrainerOutputAnnotation(bool isNormalized = false)
    {
        var columns = new List<SchemaShape.Column>
        {
            new(Kinds.ScoreColumnSetId, SchemaShape.Column.VectorKind.Scalar, NumberDataViewType.UInt32, true),
            new(Kinds.ScoreColumnKind, SchemaShape.Column.VectorKind.Scalar, TextDataViewType.Instance, false),
            new(Kinds.ScoreValueKind, SchemaShape.Column.VectorKind.Scalar, TextDataViewType.Instance, false),
        };
        if (isNormalized)
            columns.Add(new(Kinds.IsNormalized, SchemaShape.Column.VectorKind.Scalar, BooleanDataViewType.Instance, false));
        return columns;
    }

    public static IEnumerable<SchemaShape.Column> AnnotationsForMulticlassScoreColumn(SchemaShape.Column? labelColumn = null)
    {
        var columns = new List<SchemaShape.Column>();
        if (labelColumn is { IsKey: true } label && label.Annotations.TryFindColumn(Kinds.KeyValues, out var values)
            && values.Kind == SchemaShape.Column.VectorKind.Vector)
        {
            if (values.ItemType is TextDataViewType)
                columns.Add(new(Kinds.SlotNames, SchemaShape.Column.VectorKind.Vector, TextDataViewType.Instance, false));
            columns.Add(new(Kinds.TrainingLabelValues, SchemaShape.Column.VectorKind.Vector, values.ItemType, false));
        }
        columns.AddRange(GetTrainerOutputAnnotation());
        return columns;
    }

    private static bool IsUInt32Key(DataViewSchema.Annotations annotations, string kind) =>
        annotations.Schema.GetColumnOrNull(kind)?.Type is KeyDataViewType key && key.RawType == typeof(uint);
}
