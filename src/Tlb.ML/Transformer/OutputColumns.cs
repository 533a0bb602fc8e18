namespace Tlb.ML;

/// <summary>The columns a transformer adds, with the annotations by which ML.NET's other stages know what they are.</summary>
internal static class OutputColumns
{
    private const string KeyValues = "KeyValues";
    private const string SlotNames = "SlotNames";
    private const string TrainingLabelValues = "TrainingLabelValues";
    private const string ScoreColumnKind = "ScoreColumnKind";
    private const string ScoreValueKind = "ScoreValueKind";
    private const string ScoreColumnSetId = "ScoreColumnSetId";
    private static readonly KeyDataViewType ScoreColumnSetIdType = new(typeof(uint), int.MaxValue);

    /// <summary>Adds the score and predicted label columns to a schema.</summary>
    public static DataViewSchema AddTo(DataViewSchema input, TlbTransformer transformer)
    {
        var classes = transformer.Model.Network.NumberOfClasses;
        var labels = transformer.Model.Labels;
        var set = NextSetId(input);
        var schema = new DataViewSchema.Builder();
        schema.AddColumns(input);

        var score = Annotations("Score", set);
        if (labels is not null)
        {
            var names = ClassLabels.AsMemory(labels.Names);
            score.Add(SlotNames, new VectorDataViewType(TextDataViewType.Instance, classes), (ref VBuffer<ReadOnlyMemory<char>> buffer) => new VBuffer<ReadOnlyMemory<char>>(classes, names).CopyTo(ref buffer));
            labels.AddTo(score, TrainingLabelValues);
        }
        schema.AddColumn(transformer.ScoreColumnName, new VectorDataViewType(NumberDataViewType.Single, classes), score.ToAnnotations());

        var predicted = Annotations("PredictedLabel", set);
        labels?.AddTo(predicted, KeyValues);
        schema.AddColumn(transformer.PredictedLabelColumnName, new KeyDataViewType(typeof(uint), classes), predicted.ToAnnotations());
        return schema.ToSchema();
    }

    private static DataViewSchema.Annotations.Builder Annotations(string valueKind, uint set)
    {
        var annotations = new DataViewSchema.Annotations.Builder();
        annotations.AddPrimitiveValue(ScoreColumnKind, TextDataViewType.Instance, "MulticlassClassification".AsMemory());
        annotations.AddPrimitiveValue(ScoreValueKind, TextDataViewType.Instance, valueKind.AsMemory());
        annotations.AddPrimitiveValue(ScoreColumnSetId, ScoreColumnSetIdType, set);
        return annotations;
    }

    /// <summary>The number of this pair of columns: one more than the highest of the columns that other models added.</summary>
    private static uint NextSetId(DataViewSchema schema)
    {
        uint highest = 0;
        foreach (var column in schema)
        {
            if (column.Annotations.Schema.GetColumnOrNull(ScoreColumnSetId)?.Type is not KeyDataViewType { RawType: var type } || type != typeof(uint))
                continue;
            uint id = 0;
            column.Annotations.GetValue(ScoreColumnSetId, ref id);
            highest = Math.Max(highest, id);
        }
        return highest + 1;
    }
}
