using System.Collections.Concurrent;
using Microsoft.ML;
using Microsoft.ML.Data;
using Tlb.ML;

namespace Tlb.Examples.ImageClassifier;

/// <summary>Scores a list of images in its order, whatever the threads that read and compute.</summary>
internal sealed class ImageScorer
{
    /// <summary>
    /// Rows leave small garbage behind, which .NET lets grow to the size of the processor's cache, 50 MB and more. Collected at once it is
    /// cheap, and the memory doesn't depend on the number of files.
    /// </summary>
    private const int RowsPerCollection = 250;

    private readonly ImageList _images;
    private readonly int _maximumPixels;
    private readonly IDataView _scored;
    private readonly ConcurrentQueue<(int Index, BadImage Image)> _refused = new(); // before decoding, by the thread that reads ahead
    private readonly ConcurrentQueue<BadImage> _undecodable = new();         // by ML.NET's threads, which compute rows ahead of ours, in order
    private int _start;

    /// <summary>Makes a scorer.</summary>
    /// <param name="ml">The environment.</param>
    /// <param name="model">The model.</param>
    /// <param name="images">The images.</param>
    /// <param name="maximumPixels">The most pixels of an image.</param>
    public ImageScorer(MLContext ml, ITransformer model, ImageList images, int maximumPixels)
    {
        (_images, _maximumPixels) = (images, maximumPixels);
        foreach (var tlb in ModelStages.Networks(model))
            tlb.BadImageCallback = _undecodable.Enqueue;
        _scored = model.Transform(ml.Data.LoadFromEnumerable(Files()));
        Names = ScoreNames.Of(_scored);
    }

    /// <summary>Takes the scores of an image.</summary>
    public delegate void TakeScores(int index, string predicted, ReadOnlySpan<float> scores);

    /// <summary>The classes, in the order of the scores.</summary>
    public string[] Names { get; }

    /// <summary>Scores the images.</summary>
    /// <param name="start">The place in the list to begin at.</param>
    /// <param name="onScored">Takes the scores of an image.</param>
    /// <param name="onBad">Is told of an image that can't be read.</param>
    /// <param name="onDone">Is told how many of the list are done.</param>
    /// <param name="cancellation">Ends it.</param>
    public void Run(int start, TakeScores onScored, Action<int, BadImage> onBad, Action<int> onDone, CancellationToken cancellation)
    {
        _start = start;
        DataViewSchema.Column indexColumn = _scored.Schema[nameof(ScoredFile.Index)], predictedColumn = _scored.Schema["PredictedLabel"], scoreColumn = _scored.Schema["Score"];
        using var cursor = _scored.GetRowCursor([indexColumn, predictedColumn, scoreColumn]);
        var getIndex = cursor.GetGetter<int>(indexColumn);
        var getPredicted = cursor.GetGetter<ReadOnlyMemory<char>>(predictedColumn);
        var getScore = cursor.GetGetter<VBuffer<float>>(scoreColumn);
        var index = start;
        ReadOnlyMemory<char> predicted = default;
        VBuffer<float> score = default;
        for (var rows = 1; cursor.MoveNext(); rows++)
        {
            cancellation.ThrowIfCancellationRequested();
            getIndex(ref index);
            ReportRefused(before: index, onBad);
            getScore(ref score);
            if (float.IsNaN(score.GetItemOrDefault(0)))
                onBad(index, _undecodable.TryDequeue(out var bad) ? bad : new(_images.PathOf(index), "the model gives no numbers for it."));
            else
            {
                getPredicted(ref predicted);
                onScored(index, predicted.ToString(), score.GetValues());
            }
            onDone(index + 1);
            if (rows % RowsPerCollection == 0)
                GC.Collect(1);
        }
        ReportRefused(before: _images.Count, onBad);
        onDone(_images.Count);
    }

    private void ReportRefused(int before, Action<int, BadImage> onBad)
    {
        while (_refused.TryPeek(out var refused) && refused.Index < before && _refused.TryDequeue(out refused))
            onBad(refused.Index, refused.Image);
    }

    private IEnumerable<ScoredFile> Files()
    {
        for (var i = _start; i < _images.Count; i++)
        {
            if (_images.FindProblem(i, _maximumPixels) is { } problem)
                _refused.Enqueue((i, new(_images.PathOf(i), problem)));
            else
                yield return new() { Label = _images.LabelOf(i), ImagePath = _images.PathOf(i), Index = i };
        }
    }
}
