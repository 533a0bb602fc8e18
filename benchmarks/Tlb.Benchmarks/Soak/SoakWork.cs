using System.Collections.Concurrent;
using Microsoft.ML;
using Microsoft.ML.Data;
using Tlb.Core;
using Tlb.ML;

namespace Tlb.Benchmarks;

/// <summary>What a soak does, in small pieces that check their results. Any of them may run beside any other.</summary>
internal sealed class SoakWork
{
    private const int Size = 8, ImageCount = 48;

    private static readonly string[] Labels = ["left", "middle", "right"];

    private readonly string _folder;
    private readonly List<ImageFile> _files = [];
    private readonly ITransformer _shared;                                   // used by all threads
    private readonly ConcurrentDictionary<string, float[]> _trained = [];    // the weights of each kind of training
    private readonly float[][] _scores;                                      // of the files, by the model in the zip
    private readonly (string Name, int Share, Action<Random> Do)[] _pieces;
    private readonly ConcurrentDictionary<string, long> _counts = [];
    private int _folders;

    /// <summary>Draws images and trains the model that will be scored with.</summary>
    /// <param name="folder">An empty folder.</param>
    public SoakWork(string folder)
    {
        _folder = folder;
        DrawImages();
        var ml = new MLContext(seed: 1);
        var model = Train(ml, new(), "in memory");
        ml.Model.Save(model, View(ml).Schema, Zip);
        _shared = ml.Model.Load(Zip, out _);
        _scores = Score(ml, model);
        Compare(_scores, Score(ml, _shared), "the loaded model");
        _pieces =
        [
            ("training in memory", 10, _ => Train(new(), "in memory")),
            ("training on files", 5, _ => Train(new() { MemoryBudget = 2000 }, "on files")),
            ("training with validation and checkpoints", 5, _ => TrainWithCheckpoints()),
            ("training in TorchSharp", 1, _ => Train(new() { Epoch = 1, Precision = Precision.BFloat16 }, null)),
            ("training that is cancelled", 10, TrainAndCancel),
            ("scoring with a shared model", 15, _ => Compare(_scores, Score(new(), _shared), "a shared model")),
            ("scoring that is given up", 10, ScoreAndGiveUp),
            ("loading and scoring", 15, _ => LoadAndScore(Zip)),
            ("saving, loading and scoring", 10, _ => SaveAndLoad()),
            ("prediction engine", 15, Predict),
            ("explanations", 5, _ => Explain()),
            ("metrics", 5, _ => Evaluate()),
            ("letting a shared scorer go", 5, _ => Tlb(_shared).Dispose()),
        ];
    }

    /// <summary>How often each piece was done.</summary>
    public IReadOnlyDictionary<string, long> Counts => _counts;

    private string Zip => Path.Combine(_folder, "model.zip");

    /// <summary>Does a piece.</summary>
    /// <param name="random">Decides which.</param>
    /// <param name="begun">Hears its name.</param>
    /// <exception cref="SoakException">It failed, or its result is not what it should be.</exception>
    public void DoOne(Random random, Action<string> begun)
    {
        var at = random.Next(_pieces.Sum(piece => piece.Share));
        var (name, _, action) = _pieces.First(piece => (at -= piece.Share) < 0);
        begun(name);
        try
        {
            action(random);
        }
        catch (Exception e) when (e is not SoakException)
        {
            throw new SoakException($"{name}: {e}", e);
        }
        _counts.AddOrUpdate(name, 1, (_, count) => count + 1);
    }

    private void DrawImages()
    {
        var random = new Random(1);
        for (var i = 0; i < ImageCount; i++)
        {
            var pixels = new byte[Size * Size * 4];
            for (var p = 0; p < Size * Size; p++)
                pixels.AsSpan(4 * p, 4).Fill((byte)((p % Size * 3 / Size == i % 3 ? 170 : 20) + random.Next(60)));
            using var image = MLImage.CreateFromPixels(Size, Size, MLPixelFormat.Rgba32, pixels);
            var path = Path.Combine(Directory.CreateDirectory(Path.Combine(_folder, "images", Labels[i % 3])).FullName, $"{i:D2}.{(i % 2 == 0 ? "jpg" : "png")}");
            image.Save(path);
            _files.Add(new() { Label = Labels[i % 3], ImagePath = path });
        }
    }

    private IDataView View(MLContext ml) => ml.Data.LoadFromEnumerable(_files);

    private void Train(TlbTrainer.Options options, string? kind) => Train(new(seed: 1), options, kind);

    /// <summary>Trains; the same kind of training always gives the same weights.</summary>
    private TransformerChain<ITransformer> Train(MLContext ml, TlbTrainer.Options options, string? kind)
    {
        options.FeatureColumnName = "Image";
        options.Network = TlbConfig.Tiny;
        options.BatchSize = 16;
        options.Epoch = Math.Min(options.Epoch, 3);
        var model = new EstimatorChain<ITransformer>()
            .Append(ml.Transforms.Conversion.MapValueToKey("Label"))
            .Append(ml.Transforms.DecodeImages("Image", null, "ImagePath"))
            .Append((IEstimator<ITransformer>)ml.MulticlassClassification.Trainers.Tlb(options))
            .Append((IEstimator<ITransformer>)ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"))
            .Fit(View(ml));
        var weights = Tlb(model).Model.Weights.Values;
        if (kind is not null && !_trained.GetOrAdd(kind, weights).AsSpan().SequenceEqual(weights))
            throw new SoakException($"training {kind} gave other weights than before.");
        return model;
    }

    private void TrainWithCheckpoints()
    {
        var folder = NewFolder();
        try
        {
            TlbTrainer.Options Options(int epochs, bool resume) => new() { Epoch = epochs, ValidationFraction = 0.25, CheckpointFolder = folder, Resume = resume };
            Train(Options(3, resume: false), "with checkpoints");
            Train(Options(3, resume: true), "with checkpoints");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private void TrainAndCancel(Random random)
    {
        using var cancellation = new CancellationTokenSource();
        var options = new TlbTrainer.Options { Epoch = 3, CancellationToken = cancellation.Token, MemoryBudget = random.Next(2) == 0 ? 2000 : 1 << 20 };
        options.CancellationBehavior = random.Next(2) == 0 ? CancellationBehavior.Throw : CancellationBehavior.ReturnBest;
        cancellation.CancelAfter(random.Next(30));
        try
        {
            Train(options, null);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
        }
    }

    private void ScoreAndGiveUp(Random random)
    {
        var scored = _shared.Transform(View(new()));
        using var cursor = scored.GetRowCursor([scored.Schema["Score"]]);
        for (var rows = random.Next(ImageCount); rows > 0; rows--)
            cursor.MoveNext();
    }

    private void LoadAndScore(string zip)
    {
        var ml = new MLContext();
        var model = ml.Model.Load(zip, out _);
        Compare(_scores, Score(ml, model), "a loaded model");
        (model as IDisposable)?.Dispose();
    }

    private void SaveAndLoad()
    {
        var folder = NewFolder();
        try
        {
            var (ml, zip) = (new MLContext(), Path.Combine(folder, "saved.zip"));
            ml.Model.Save(_shared, View(ml).Schema, zip);
            LoadAndScore(zip);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private void Predict(Random random)
    {
        var ml = new MLContext();
        using var engine = ml.Model.CreatePredictionEngine<ImageFile, Prediction>(ml.Model.Load(Zip, out _));
        for (var i = random.Next(20); i >= 0; i--)
        {
            var index = random.Next(ImageCount);
            Compare([_scores[index]], [engine.Predict(_files[index]).Score], "a prediction engine");
        }
    }

    private void Explain()
    {
        var explained = Tlb(_shared).Explain(_shared.Transform(View(new()))).ToList();
        Compare(_scores, [.. explained.Select(explanation => explanation.Score.ToArray())], "explanations");
    }

    private void Evaluate()
    {
        var ml = new MLContext();
        var keys = ml.Transforms.Conversion.MapValueToKey("Label").Fit(View(ml));
        var loss = ml.MulticlassClassification.Evaluate(_shared.Transform(View(ml))).LogLoss;
        if (!double.IsFinite(loss))
            throw new SoakException($"metrics: the log-loss is {loss}.");
        GC.KeepAlive(keys);
    }

    private float[][] Score(MLContext ml, ITransformer model) => [.. model.Transform(View(ml)).GetColumn<float[]>("Score")];

    private static TlbTransformer Tlb(ITransformer model) => ((IEnumerable<ITransformer>)model).OfType<TlbTransformer>().Single();

    private string NewFolder() => Directory.CreateDirectory(Path.Combine(_folder, $"{Interlocked.Increment(ref _folders)}")).FullName;

    /// <summary>Bit for bit.</summary>
    private static void Compare(float[][] expected, float[][] actual, string whose)
    {
        if (expected.Length != actual.Length)
            throw new SoakException($"{actual.Length} scores of {whose}; expected {expected.Length}.");
        for (var i = 0; i < expected.Length; i++)
            if (!expected[i].AsSpan().SequenceEqual(actual[i]))
                throw new SoakException($"The scores of {whose} for image {i} are [{string.Join(", ", actual[i])}]; the saved model's are [{string.Join(", ", expected[i])}].");
    }
}
