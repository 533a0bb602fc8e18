using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>Compares scores with labels.</summary>
internal sealed class MulticlassClassificationEvaluator
{
    private readonly IHost _host;
    private readonly int _topK;

    public MulticlassClassificationEvaluator(IHostEnvironment env, int topK)
    {
        _host = env.Register("MultiClassClassifierEvaluator");
        _topK = topK;
    }

    public MulticlassClassificationMetrics Evaluate(IDataView data, string label, string score, string predictedLabel)
    {
        var labelColumn = Find(data.Schema, label, "Label");
        var scoreColumn = Find(data.Schema, score, AnnotationUtils.Const.ScoreValueKind.Score);
        Find(data.Schema, predictedLabel, AnnotationUtils.Const.ScoreValueKind.PredictedLabel);
        if (scoreColumn.Type is not VectorDataViewType { Size: >= 2 } scoreType || scoreType.ItemType != NumberDataViewType.Single)
        {
            throw _host.ExceptSchemaMismatch("schema", "score", score, "vector of two or more items of type Single",
                scoreColumn.Type.ToString());
        }
        if (labelColumn.Type != NumberDataViewType.Single && labelColumn.Type is not KeyDataViewType)
            throw _host.ExceptSchemaMismatch("schema", "label", label, "Single or Key", labelColumn.Type.ToString());

        var counters = new MulticlassCounters(scoreType.Size, _topK);
        using (var cursor = data.GetRowCursor(labelColumn, scoreColumn))
        {
            var getLabel = GetLabelGetter(cursor, labelColumn);
            var getScores = cursor.GetGetter<VBuffer<float>>(scoreColumn);
            float currentLabel = 0;
            VBuffer<float> buffer = default;
            var scores = new float[scoreType.Size];
            while (cursor.MoveNext())
            {
                getLabel(ref currentLabel);
                // Rows without a label, or with one that is no class, do not count.
                if (float.IsNaN(currentLabel) || currentLabel < 0 || currentLabel != (int)currentLabel)
                    continue;
                getScores(ref buffer);
                _host.Check(buffer.Length == scores.Length);
                buffer.CopyTo(scores);
                if (scores.All(float.IsFinite))
                    counters.Add((int)currentLabel, scores);
            }
        }
        return counters.MakeMetrics(_host, GetClassNames(scoreColumn, scoreType.Size));
    }

    private static DataViewSchema.Column Find(DataViewSchema schema, string name, string role) => schema.GetColumnOrNull(name)
        ?? throw Contracts.ExceptParam(nameof(schema), $"{name} column '{role}' not found");

    private static ValueGetter<float> GetLabelGetter(DataViewRow row, DataViewSchema.Column column)
    {
        if (column.Type is not KeyDataViewType key)
            return row.GetGetter<float>(column);
        var getter = RowCursorUtils.GetKeyGetter(row, column);
        ulong value = 0;
        return (ref float label) =>
        {
            getter(ref value);
            label = value > 0 && value <= key.Count ? value - 1 : float.NaN;
        };
    }

    private static IEnumerable<string> GetClassNames(DataViewSchema.Column score, int classes)
    {
        if (score.Annotations.Schema.GetColumnOrNull(AnnotationUtils.Kinds.SlotNames)?.Type
            is not VectorDataViewType { IsKnownSize: true, ItemType: TextDataViewType })
            return Enumerable.Range(0, classes).Select(i => i.ToString());
        VBuffer<ReadOnlyMemory<char>> names = default;
        score.GetSlotNames(ref names);
        return [.. names.DenseValues().Select(name => name.ToString())];
    }
}
