using System.CommandLine;
using Microsoft.ML;
using Microsoft.ML.Transforms;
using Tlb.Core;
using Tlb.ML;

namespace Tlb.Examples.ImageFolder;

/// <summary><c>train --data FOLDER --model FILE.zip</c>: one sub-folder per class, named as the class.</summary>
internal static class TrainCommand
{
    private static readonly TlbConfig Network = TlbConfig.KerasExample;

    private static readonly Option<string> Data = new("--data") { Description = "The folder of training images: one sub-folder per class.", Required = true };
    private static readonly Option<string> Model = new("--model") { Description = "The model file to write.", Required = true };
    private static readonly Option<string?> Validation = new("--validation") { Description = "A folder of images to measure on, laid out as --data. Default: a share of --data is held out." };
    private static readonly Option<double> Fraction = new("--validation-fraction") { Description = "The share of --data that is held out to measure on.", DefaultValueFactory = _ => 0.1 };
    private static readonly Option<int> Epochs = new("--epochs") { Description = "How often the images are gone through.", DefaultValueFactory = _ => TrainingOptions.Defaults.Epoch };
    private static readonly Option<int> BatchSize = new("--batch-size") { Description = "The images of one step.", DefaultValueFactory = _ => TrainingOptions.Defaults.BatchSize };
    private static readonly Option<float> LearningRate = new("--learning-rate") { Description = "AdamW's learning rate.", DefaultValueFactory = _ => TrainingOptions.Defaults.LearningRate };
    private static readonly Option<float> WeightDecay = new("--weight-decay") { Description = "AdamW's weight decay.", DefaultValueFactory = _ => TrainingOptions.Defaults.WeightDecay };
    private static readonly Option<float> Dropout = new("--dropout") { Description = "The dropout rate in training, 0 to below 1." };
    private static readonly Option<int> ImageSize = Size("--image-size", "The network's input, in pixels.", Network.ImageSize);
    private static readonly Option<int> PatchSize = Size("--patch-size", "A patch, in pixels.", Network.PatchSize);
    private static readonly Option<int> EmbeddingDimension = Size("--embed-dim", "The width of a token.", Network.EmbeddingDimension);
    private static readonly Option<int> ChunkSize = Size("--chunk-size", "The tokens of a chunk.", Network.ChunkSize);
    private static readonly Option<int> R = Size("--r", "The fast stream reads the state at every r-th block.", Network.R);
    private static readonly Option<int> Layers = Size("--layers", "The layers of the fast stream.", Network.NumberOfLayers);
    private static readonly Option<int> Heads = Size("--heads", "The attention heads.", Network.NumberOfHeads);
    private static readonly Option<string?> InitialWeights = new("--initial-weights") { Description = "A safetensors file with the weights to start from." };
    private static readonly Option<int> Seed = new("--seed") { Description = "The seed: the same seed and images give the same model on the same machine.", DefaultValueFactory = _ => 1 };
    private static readonly Option<bool> NoResize = new("--no-resize") { Description = "All images have one size: leave them as they are, and let the network resize them." };
    private static readonly Option<bool> SkipBadImages = new("--skip-bad-images") { Description = "Report images that can't be read and go on without them." };

    public static Command Create()
    {
        var command = new Command("train", "Trains a classifier on a folder of labelled images and saves it.")
        {
            Data, Model, Validation, Fraction, Epochs, BatchSize, LearningRate, WeightDecay, Dropout, ImageSize, PatchSize, EmbeddingDimension,
            ChunkSize, R, Layers, Heads, InitialWeights, Seed, NoResize, SkipBadImages,
        };
        command.SetAction((result, cancellation) => Task.Run(() => Run(result, cancellation), CancellationToken.None));
        return command;
    }

    private static int Run(ParseResult arguments, CancellationToken cancellation)
    {
        var target = ModelFiles.CheckTarget(arguments.GetRequiredValue(Model));
        var options = OptionsOf(arguments, cancellation);
        var ml = new MLContext(arguments.GetValue(Seed));
        var (training, validation) = ReadImages(ml, arguments);

        // The stages before the classifier belong to the model: they prepare images for scoring too.
        IEstimator<ITransformer> stages = ml.Transforms.Conversion
            .MapValueToKey("Label", keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue)
            .Append(ml.Transforms.LoadImages("Image", null, "ImagePath"));
        if (!arguments.GetValue(NoResize))
            stages = stages.Append(ml.Transforms.ResizeImages("Image", options.Network.ImageSize, options.Network.ImageSize));
        var preparation = stages.Fit(training);
        options.ValidationSet = preparation.Transform(validation);
        var classifier = ml.MulticlassClassification.Trainers.Tlb(options)
            .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));
        var model = TrainingView.Show(options, () => preparation.Append(classifier.Fit(preparation.Transform(training))));

        Report.Metrics(ml, model.Transform(validation));
        ModelFiles.Save(ml, model, training.Schema, target);
        Console.WriteLine($"Saved {target} ({new FileInfo(target).Length / 1024:N0} KB).");
        return 0;
    }

    private static (IDataView Training, IDataView Validation) ReadImages(MLContext ml, ParseResult arguments)
    {
        var skip = arguments.GetValue(SkipBadImages);
        var images = ml.Data.LoadFromEnumerable(ImageRows.Labelled(arguments.GetRequiredValue(Data), skip));
        if (arguments.GetValue(Validation) is { } folder)
            return (images, ml.Data.LoadFromEnumerable(ImageRows.Labelled(folder, skip)));
        var fraction = arguments.GetValue(Fraction);
        if (fraction is not (> 0 and < 1))
            throw new ArgumentException($"--validation-fraction is {fraction}; expected a share above 0 and below 1.");
        var split = ml.Data.TrainTestSplit(images, fraction);
        return (split.TrainSet, split.TestSet);
    }

    private static TlbTrainer.Options OptionsOf(ParseResult arguments, CancellationToken cancellation) => new()
    {
        FeatureColumnName = "Image",
        Network = NetworkOf(arguments),
        Epoch = arguments.GetValue(Epochs),
        BatchSize = arguments.GetValue(BatchSize),
        LearningRate = arguments.GetValue(LearningRate),
        WeightDecay = arguments.GetValue(WeightDecay),
        InitialWeightsFile = arguments.GetValue(InitialWeights),
        CancellationToken = cancellation,
        BadImageCallback = arguments.GetValue(SkipBadImages) ? Report.BadImage : null,
    };

    private static TlbConfig NetworkOf(ParseResult arguments) => new()
    {
        ImageSize = arguments.GetValue(ImageSize),
        PatchSize = arguments.GetValue(PatchSize),
        EmbeddingDimension = arguments.GetValue(EmbeddingDimension),
        ChunkSize = arguments.GetValue(ChunkSize),
        R = arguments.GetValue(R),
        NumberOfLayers = arguments.GetValue(Layers),
        NumberOfHeads = arguments.GetValue(Heads),
        AttentionDropout = arguments.GetValue(Dropout),
        FeedForwardDropout = arguments.GetValue(Dropout),
    };

    private static Option<int> Size(string name, string description, int value) => new(name) { Description = description, DefaultValueFactory = _ => value };
}
