using static Tlb.ML.Tests.TestImages;

namespace Tlb.ML.Tests;

/// <summary>What <see cref="BusyPoolTests"/> start as a process whose thread pool has one thread; one that runs tests can't have so few.</summary>
internal sealed class BusyPool(TempFolder folder)
{
    private const int Count = 200;

    private readonly MLContext _ml = new(seed: 1);

    /// <summary>Has a process that is to be started make do with one thread in its pool.</summary>
    public static void Limit(IDictionary<string, string?> environment) =>
        environment["DOTNET_ThreadPool_ForceMinWorkerThreads"] = environment["DOTNET_ThreadPool_ForceMaxWorkerThreads"] = "1";

    public static int Main(string[] arguments)
    {
        ThreadPool.GetMaxThreads(out var threads, out _);
        if (threads != 1)
            throw new InvalidOperationException($"The pool has {threads} threads; expected 1.");
        using var folder = new TempFolder();
        Write(folder["data"], Count);
        var work = new BusyPool(folder);
        if (arguments[0] == "shared")
            work.Share();
        else
            work.Block();
        Console.WriteLine("all done");
        return 0;
    }

    /// <summary>Trainings and a scoring at once: the pool's thread has them all.</summary>
    private void Share()
    {
        var model = Fit(Options);
        Task[] tasks = [Task.Run(() => Fit(Options)), Task.Run(() => Fit(OutOfMemory)), Task.Run(() => Score(model))];
        foreach (var task in tasks)
            task.Wait();
    }

    /// <summary>Everything that trains and scores, by another thread, while the pool's waits for the end of it: as a request that blocks does.</summary>
    private void Block()
    {
        _ml.Model.Save(Fit(Options), Files().Schema, folder["model.zip"]);   // ML.NET needs a free thread of the pool for that
        using var begun = new ManualResetEventSlim();
        using var done = new ManualResetEventSlim();
        var blocked = Task.Run(() =>
        {
            begun.Set();
            done.Wait();
        });
        begun.Wait();
        var (isDone, isDroppedDone) = (false, false);
        WorkAhead.Begin(() => isDone = true).Wait();
        WorkAhead.Begin(() => isDroppedDone = true).Drop();
        var model = Do("a training on images in memory", () => Fit(Options));
        Do("a training on files that are decoded in each epoch", () => Fit(OutOfMemory));
        Do("a training on images that pass through a shuffle buffer", () => Pipeline(_ml, OutOfMemory).Fit(_ml.Data.LoadFromEnumerable(Rows(Count))));
        Do("a training with validation and checkpoints", () =>
        {
            var options = Options;
            (options.ValidationFraction, options.CheckpointFolder) = (0.2, folder["checkpoints"]);
            return Fit(options);
        });
        Do("a training in TorchSharp", () =>
        {
            var options = Options;
            (options.Precision, options.Epoch) = (Precision.BFloat16, 1);
            return Fit(options);
        });
        Do("the search for a learning rate", () => Trainer(Options).FindLearningRate(Prepared(), stepCount: 10));
        Do("a preview", () => Trainer(Options).Preview(Prepared()));
        Do("a cursor", () => Score(model));
        Do("a set of cursors", () => ScoreInParts(model));
        Do("metrics", () => _ml.MulticlassClassification.Evaluate(model.Transform(Files())));
        Do("cross-validation", () => _ml.MulticlassClassification.CrossValidate(Prepared(), Trainer(Options), 2));
        Do("explanations", () => ((IEnumerable<ITransformer>)model).OfType<TlbTransformer>().Single().Explain(model.Transform(Files())).Count());
        Do("a prediction engine", () => Predict(model));
        Do("a model from a file", () => Predict(_ml.Model.Load(folder["model.zip"], out _)));
        done.Set();
        blocked.Wait();
        Task.Run(() => { }).Wait();                                          // by now the pool has had a look at all it was offered
        Assert.Equal((true, false), (isDone, isDroppedDone));

        static T Do<T>(string name, Func<T> work)
        {
            Console.WriteLine(name);
            return work();
        }
    }

    private static TlbTrainer.Options OutOfMemory
    {
        get
        {
            var options = Options;
            options.MemoryBudget = 10_000;
            return options;
        }
    }

    private TlbTrainer Trainer(TlbTrainer.Options options) => _ml.MulticlassClassification.Trainers.Tlb(options);

    private IDataView Files() => _ml.Data.LoadFromEnumerable(
        ImageFolder.Read(folder["data"]).Select(file => new ImageFile { Label = file.Label, ImagePath = Path.Combine(folder["data"], file.ImagePath) }).ToList());

    private IEstimator<ITransformer> Stages() => _ml.Transforms.Conversion.MapValueToKey("Label").Append(_ml.Transforms.LoadImages("Image", null, "ImagePath"));

    private IDataView Prepared() => Stages().Fit(Files()).Transform(Files());

    private ITransformer Fit(TlbTrainer.Options options) => Stages().Append(Trainer(options)).Append(_ml.Transforms.Conversion.MapKeyToValue("PredictedLabel")).Fit(Files());

    private int Score(ITransformer model) => model.Transform(Files()).GetColumn<float[]>("Score").Count();

    private int ScoreInParts(ITransformer model)
    {
        var scored = model.Transform(Files());
        var rows = 0;
        foreach (var cursor in scored.GetRowCursorSet([scored.Schema["Score"]], 4))
            using (cursor)
                while (cursor.MoveNext())
                    rows++;
        return rows;
    }

    private string Predict(ITransformer model)
    {
        using var engine = _ml.Model.CreatePredictionEngine<ImageFile, TestImages.Prediction>(model);
        return engine.Predict(new() { ImagePath = folder["data/left/0000.jpg"] }).PredictedLabel;
    }
}
