namespace Tlb.Examples.ImageClassifier;

/// <summary>What of an image's scores becomes a row, and which images have one.</summary>
internal sealed class ScoreTable
{
    private readonly string[] _names;
    private readonly int? _top;
    private readonly float? _above;
    private readonly float? _below;
    private readonly int[] _order;

    /// <summary>Makes a table.</summary>
    /// <param name="names">The classes, in the order of the scores.</param>
    /// <param name="top">How many classes a row names, the most probable first; null for the score of each class.</param>
    /// <param name="above">The least probability of the predicted class; null for any.</param>
    /// <param name="below">What the probability of the predicted class is below; null for any.</param>
    public ScoreTable(string[] names, int? top, float? above, float? below)
    {
        (_names, _top, _above, _below, _order) = (names, top, above, below, new int[names.Length]);
        Columns = top is { } count
            ? [Path, .. Enumerable.Range(1, count).SelectMany(i => new Column[] { new(FormattableString.Invariant($"label {i}"), false), new(FormattableString.Invariant($"score {i}"), true) })]
            : [Path, new("predicted label", false), .. names.Select(name => new Column($"score {name}", true))];
        Row = new Cell[Columns.Count];
    }

    /// <summary>The columns of a list of images that can't be read.</summary>
    public static IReadOnlyList<Column> BadColumns { get; } = [Path, new("problem", false)];

    /// <summary>The columns.</summary>
    public IReadOnlyList<Column> Columns { get; }

    /// <summary>The row that was filled last.</summary>
    public Cell[] Row { get; }

    private static Column Path => new("path", false);

    /// <summary>Fills the row with an image.</summary>
    /// <returns>Whether it is to be in the table.</returns>
    public bool Fill(string path, string predicted, ReadOnlySpan<float> scores)
    {
        var confidence = System.Numerics.Tensors.TensorPrimitives.Max(scores);
        if (confidence < _above || confidence >= _below)
            return false;
        Row[0] = path;
        if (_top is { } top)
            FillTop(top, scores);
        else
        {
            Row[1] = predicted;
            for (var i = 0; i < scores.Length; i++)
                Row[2 + i] = scores[i];
        }
        return true;
    }

    private void FillTop(int top, ReadOnlySpan<float> scores)
    {
        var values = scores.ToArray();
        for (var i = 0; i < _order.Length; i++)
            _order[i] = i;
        _order.AsSpan().Sort((a, b) => values[b].CompareTo(values[a]) is var order and not 0 ? order : a - b);
        for (var i = 0; i < top; i++)
            (Row[1 + 2 * i], Row[2 + 2 * i]) = (_names[_order[i]], values[_order[i]]);
    }
}
