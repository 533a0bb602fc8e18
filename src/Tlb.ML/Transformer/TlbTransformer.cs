using System.Buffers;
using Microsoft.ML.Runtime;

namespace Tlb.ML;

/// <summary>A trained Temporal Latent Bottleneck network: adds the classes' probabilities and the predicted class to images.</summary>
/// <remarks>
/// One transformer can be used by many threads, cursors and prediction engines at once. The score column holds a probability for
/// each class, named in its slots; the predicted label is a key with the label column's values, 0 (missing) for an image that
/// <see cref="BadImageCallback"/> was called for.
/// </remarks>
public sealed partial class TlbTransformer : ISingleFeaturePredictionTransformer<TlbModelParameters>, IDisposable
{
    private readonly IHost _host;
    private readonly ReaderWriterLockSlim _scoring = new();                  // written to only to let the scorer go
    private Lazy<IEngine> _engine;
    private Lazy<IScorer> _scorer;
    private ImageBatch? _mirrored;                                           // room for mirror images, unless a thread is using it

    internal TlbTransformer(IHostEnvironment environment, TlbModelParameters model, string featureColumnName, string scoreColumnName, string predictedLabelColumnName)
    {
        _host = environment.Register(nameof(TlbTransformer));
        (Model, FeatureColumnName, ScoreColumnName, PredictedLabelColumnName) = (model, featureColumnName, scoreColumnName, predictedLabelColumnName);
        _engine = CreateEngine();
        _scorer = CreateScorer();
    }

    /// <summary>The network, its weights and classes.</summary>
    public TlbModelParameters Model { get; }

    /// <summary>The input column of images.</summary>
    public string FeatureColumnName { get; }

    /// <summary>The output column of probabilities, a vector with one for each class.</summary>
    public string ScoreColumnName { get; }

    /// <summary>The output column of the most probable class, a key.</summary>
    public string PredictedLabelColumnName { get; }

    /// <summary>The type of images the model was trained on: three colours of height x width, as a vector.</summary>
    public DataViewType FeatureColumnType =>
        new VectorDataViewType(NumberDataViewType.Single, Model.ImageLayout.Height, Model.ImageLayout.Width, TlbConfig.Channels);

    /// <summary>
    /// Called for each image that can't be read, which then gets NaN scores and no predicted label; ML.NET's <c>Evaluate</c> leaves such
    /// rows out. Null: scoring throws an <see cref="InvalidDataException"/> at that row. Default: that of the training for a model just
    /// trained, null for one that was loaded; it is not saved with the model. May be called from several threads.
    /// </summary>
    public Action<BadImage>? BadImageCallback { get; set; }

    /// <summary>
    /// The type of number to score in. On the CPU BFloat16 takes TorchSharp in place of the vector kernels, and Float16 and TensorFloat32 are refused when scoring begins.
    /// Default <see cref="Precision.Auto"/>: BFloat16 on CUDA devices that have it, Float16 on older ones, Float32 on the CPU. It is not saved with the model.
    /// </summary>
    public Precision Precision
    {
        get;
        set
        {
            field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(value), value, $"Expected {string.Join(", ", Enum.GetNames<Precision>())}.");
            _engine = CreateEngine();
            Dispose();
        }
    }

    /// <summary>
    /// The device to score on. Default: that of the training for a model just trained, <see cref="ComputeDevice.Auto"/> for one that was
    /// loaded. It is not saved with the model.
    /// </summary>
    public ComputeDevice Device
    {
        get;
        set
        {
            field = value;
            _engine = CreateEngine();
            Dispose();
        }
    }

    /// <summary>
    /// The most bytes of working memory that scoring may take at once, beside the weights and the images; 1 or more. A model file says how
    /// large its network is, and a small file may ask for much: where an image takes more, scoring throws an
    /// <see cref="InvalidOperationException"/> with the figure, before any of it is taken. Default 4 GB (4,294,967,296); for a model just
    /// trained that of its options. It is not saved with the model.
    /// </summary>
    public long WorkMemory
    {
        get;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            field = value;
            Dispose();
        }
    } = WorkLimit.Default;

    bool ITransformer.IsRowToRowMapper => true;

    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        ArgumentNullException.ThrowIfNull(ctx);
        TlbTransformerLoader.Save(ctx, this);
    }

    /// <summary>The columns that <see cref="Transform"/> gives: those of the input, the scores and the predicted label.</summary>
    /// <param name="inputSchema">The input's columns.</param>
    /// <exception cref="ArgumentOutOfRangeException">The feature column is missing or of a type that holds no images.</exception>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return new TlbRowMapper(this, inputSchema).OutputSchema;
    }

    /// <summary>Adds the scores and the predicted label to images. They are computed when they are asked for.</summary>
    /// <param name="input">The images.</param>
    /// <exception cref="ArgumentOutOfRangeException">The feature column is missing or of a type that holds no images.</exception>
    public IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new TlbDataView(new TlbRowMapper(this, input.Schema), input);
    }

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return new TlbRowMapper(this, inputSchema);
    }

    /// <summary>Frees what scoring holds, when no other thread is scoring. Whoever scores afterwards has it made again.</summary>
    public void Dispose()
    {
        _scoring.EnterWriteLock();
        try
        {
            if (_scorer.IsValueCreated)
                _scorer.Value.Dispose();
            _scorer = CreateScorer();
            _mirrored = null;
        }
        finally
        {
            _scoring.ExitWriteLock();
        }
    }

    /// <summary>Computes the probabilities of images. May be called from many threads at once.</summary>
    internal void Score(ImageBatch images, Span<float> probabilities)
    {
        _scoring.EnterReadLock();
        try
        {
            _scorer.Value.Score(images, probabilities);
            AverageMirrored(images, probabilities);
        }
        finally
        {
            _scoring.ExitReadLock();
        }
    }

    /// <summary>Takes the mean with the probabilities of mirror images, where the model is scored so.</summary>
    private void AverageMirrored(ImageBatch images, Span<float> probabilities)
    {
        if (!Model.AverageMirrorImages || images.Count == 0)
            return;
        var mirrored = Interlocked.Exchange(ref _mirrored, null);
        if (mirrored is null || mirrored.Layout != images.Layout || mirrored.Capacity < images.Count)
            mirrored = new(images.Layout, images.Count);
        images.MirrorTo(mirrored);
        var rented = ArrayPool<float>.Shared.Rent(probabilities.Length);
        var others = rented.AsSpan(0, probabilities.Length);                 // [N, classes]
        _scorer.Value.Score(mirrored, others);
        for (var i = 0; i < others.Length; i++)
            probabilities[i] = (probabilities[i] + others[i]) / 2;
        ArrayPool<float>.Shared.Return(rented);
        _mirrored = mirrored;
    }

    private Lazy<IEngine> CreateEngine() => new(() => Environments.Engine(_host, Device, Precision));

    /// <summary>Says in the log what will compute the scores.</summary>
    internal void LogEngine()
    {
        using var channel = _host.Start("Loading");
        try
        {
            channel.Info(MessageSensitivity.None, $"Scores are computed by {_engine.Value.Description}.");
        }
        catch (InvalidOperationException e)                                  // no such device: looking at the model is possible all the same
        {
            channel.Warning(MessageSensitivity.None, $"The model can't score: {e.Message}");
        }
    }

    private Lazy<IScorer> CreateScorer() => new(() => _engine.Value.CreateScorer(Model.Weights, WorkMemory));
}
