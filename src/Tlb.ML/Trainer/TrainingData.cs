namespace Tlb.ML;

/// <summary>A view of labelled images, and how its rows are read.</summary>
internal sealed class TrainingData
{
    /// <summary>The most images that are decoded at a time.</summary>
    public const int MostRows = 64;

    private const int MostBytes = 32 << 20;

    private readonly RowChain _chain;
    private readonly DataViewSchema.Column _feature;
    private readonly DataViewSchema.Column _label;
    private readonly DataViewSchema.Column? _weight;
    private readonly int _numberOfClasses;
    private readonly RgbColor _background;
    private readonly List<DataViewSchema.Column> _columns;
    private readonly List<DataViewSchema.Column> _rootColumns;

    /// <summary>Checks a view's columns.</summary>
    /// <param name="view">The view.</param>
    /// <param name="options">The columns' names, and the colour behind transparent pictures.</param>
    /// <param name="readWeights">Whether weights are wanted, where the options name a column of them.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of a type that can't be used.</exception>
    public TrainingData(IDataView view, TlbTrainer.Options options, bool readWeights)
    {
        _feature = FeatureColumn.Check(view.Schema, options.FeatureColumnName);
        (_label, _numberOfClasses) = LabelReader.Check(view.Schema, options.LabelColumnName);
        _weight = readWeights && options.ExampleWeightColumnName is { } name ? ExampleWeight.Check(view.Schema, name) : null;
        _background = options.Background;
        _chain = new(view);
        var read = _weight is { } weight ? [_feature, _label, weight] : new[] { _feature, _label };
        _columns = [.. RowNames.TextColumns(view.Schema).Concat(read).DistinctBy(column => column.Index)];
        _rootColumns = _chain.RootColumns(_columns);
    }

    /// <summary>
    /// Whether a row is numbers and texts, from which its image is made when it is asked for: all rows can then be kept in memory.
    /// </summary>
    public bool HasSmallRows => _rootColumns.TrueForAll(column => column.Type is PrimitiveDataViewType);

    /// <summary>How many images are decoded at a time: fewer where they are large, but enough for all cores.</summary>
    public static int RowsAtATime(ImageLayout layout) => Math.Clamp(MostBytes / layout.ByteCount, Math.Min(Cores.Count, MostRows), MostRows);

    /// <summary>Begins to go through the rows.</summary>
    public ParallelRowReader<LabelledImages> Open() => new(_chain, _chain.Root.GetRowCursor(_rootColumns), _columns, [], CreateWorker);

    /// <summary>Makes a buffer for rows that are kept after the reader is disposed.</summary>
    public RowBuffer CreateBuffer(int capacity) => new(_chain.Root.Schema, _rootColumns, capacity);

    /// <summary>Makes what decodes the images of rows in such buffers.</summary>
    public RowWorkers<LabelledImages> CreateWorkers() => new(_chain, _columns, CreateWorker);

    private LabelledImages CreateWorker(DataViewRow row, BufferedRow root) => new(row, root, _feature, _label, _weight, _numberOfClasses, _background);
}
