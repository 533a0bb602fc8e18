namespace Tlb.ML;

/// <summary>Some rows and the scores of their images. Filled again and again.</summary>
/// <param name="rows">The rows.</param>
/// <param name="layout">The layout of the images.</param>
/// <param name="classes">The classes.</param>
internal sealed class ScoredBatch(RowBuffer rows, ImageLayout layout, int classes)
{
    private readonly ImageBatch _images = new(layout, rows.Capacity);
    private readonly float[] _probabilities = new float[rows.Capacity * classes];
    private readonly InvalidDataException?[] _errors = new InvalidDataException?[rows.Capacity];

    /// <summary>The rows.</summary>
    public RowBuffer Rows { get; } = rows;

    /// <summary>What was thrown instead of a further row; null if nothing was.</summary>
    public Exception? End { get; private set; }

    /// <summary>The probabilities of a row; NaN where its image can't be read and the transformer has a callback for that, which is called now.</summary>
    /// <exception cref="InvalidDataException">Its image can't be read.</exception>
    public ReadOnlySpan<float> Probabilities(int row, TlbTransformer transformer)
    {
        var probabilities = _probabilities.AsSpan(row * classes, classes);
        if (_errors[row] is not { } error)
            return probabilities;
        if (transformer.BadImageCallback is not { } report)
            throw new InvalidDataException(error.Message, error);
        ScoringImages.Report(report, error);
        _errors[row] = null;
        probabilities.Fill(float.NaN);
        return probabilities;
    }

    /// <summary>Reads the next rows and scores their images. Does not throw: <see cref="End"/> says what went wrong.</summary>
    public void Fill(TlbTransformer transformer, ParallelRowReader<BatchWorker> reader, int most, CancellationToken cancellation)
    {
        try
        {
            End = reader.Read(Rows, most, cancellation);
            _images.Resize(Rows.Count);
            reader.ForEach(Rows, 0, (worker, row) => _errors[row] = Read(worker, row), cancellation);
            if (!cancellation.IsCancellationRequested)
                transformer.Score(_images, _probabilities.AsSpan(0, Rows.Count * classes));
        }
        catch (Exception e)                                                  // thrown to whoever moves the cursor here
        {
            End = e;
            Rows.Clear();
        }
    }

    private InvalidDataException? Read(BatchWorker worker, int row)
    {
        try
        {
            worker.Images.Read(_images.Image(row), layout, worker.Row.CursorPosition);
            return null;
        }
        catch (InvalidDataException e)
        {
            _images.Image(row).Clear();
            return e;
        }
    }

    /// <summary>Reads images on one thread.</summary>
    internal sealed record BatchWorker(ScoringImages Images, BufferedRow Row);
}
