using System.CommandLine;
using Microsoft.ML;
using Microsoft.ML.Transforms;
using Tlb.Core;
using Tlb.ML;

namespace Tlb.Examples.ImageClassifier;

/// <summary><c>train --data FOLDER --model FILE.zip</c>: one sub-folder per class, named as the class.</summary>
internal static class TrainCommand
{
    /// <summary>The share that is held out where neither a share nor a folder to measure on is given.</summary>
    internal const double DefaultFraction = 0.1;

    internal static readonly ProgramOption<string> Data = new("--data", "The folder of training images: one sub-folder per class.") { Required = true, HelpName = "folder" };
    internal static readonly ProgramOption<int> Seed = new("--seed", "The seed of all that is random: the same seed and images give the same model on the same machine.") { Range = "any integer", DefaultValueFactory = _ => 1 };
    internal static readonly ProgramOption<bool> NoResize = new("--no-resize", "All images have one size: leaves them as they are, and lets the network resize them.");

    private static readonly ProgramOption<string> Model = new("--model", "The model file to write.") { Required = true, HelpName = "file" };
    private static readonly ProgramOption<string?> Validation = new("--validation", "A folder of images to measure on, laid out as --data.") { HelpName = "folder", Default = "a share of --data" };
    private static readonly ProgramOption<string?> History = new("--history", "A file for the metrics of each epoch: .csv for the table, .svg for the curves.") { HelpName = "file" };
    private static readonly ProgramOption<string?> SaveOptions = new("--save-options", "A JSON file to write all options of this run to: --options takes it.") { HelpName = "file" };

    public static Command Create()
    {
        var command = new Command("train", "Trains a classifier on a folder of labelled images and saves it.") { Data, Model, Validation, Seed, NoResize, ImageRows.SkipBadImages, ImageRows.MaxPixels, History, SaveOptions };
        foreach (var option in TrainSettings.For(SettingScopes.All))
            command.Add(option);
        command.SetAction((result, cancellation) => Task.Run(() => Run(result, cancellation), CancellationToken.None));
        return command;
    }

    private static int Run(ParseResult arguments, CancellationToken cancellation)
    {
        var target = ModelFiles.CheckTarget(arguments.GetRequiredValue(Model));
        var history = arguments.GetValue(History) is { } file ? MetricsFile.Check("--history", file) : null;
        var options = ReadOptions(arguments, cancellation);
        options.ValidationFraction ??= arguments.GetValue(Validation) is null ? DefaultFraction : null;
        var ml = new MLContext(arguments.GetValue(Seed));
        var trainer = ml.MulticlassClassification.Trainers.Tlb(options);     // before the images: it checks the options
        if (arguments.GetValue(SaveOptions) is { } json)
            ModelFiles.Write(ModelFiles.CheckTarget(json), path => File.WriteAllText(path, options.ToJson()));
        var (training, validation) = ReadImages(ml, options, arguments);

        var preparation = FitStages(ml, training, options, arguments);
        options.ValidationSet = preparation.Transform(validation);
        var classifier = TrainingView.Show(options, () => trainer.Fit(preparation.Transform(training)));
        var names = ml.Transforms.Conversion.MapKeyToValue("PredictedLabel").Fit(classifier.Transform(preparation.Transform(training)));
        var model = preparation.Append(classifier).Append(names);

        Report.Metrics(ml, model.Transform(validation));
        ModelFiles.Save(ml, model, training.Schema, target);
        Console.WriteLine(classifier.Model.GetSummary());
        Console.WriteLine($"Saved {target} ({new FileInfo(target).Length / 1024:N0} KB).");
        history?.Write(classifier.Model.History.WriteCsv, classifier.Model.History.ToSvg);
        return 0;
    }

    /// <summary>The trainer and the images of commands that look at a training to come.</summary>
    internal static (TlbTrainer Trainer, IDataView Images) Open(ParseResult arguments, CancellationToken cancellation)
    {
        var options = ReadOptions(arguments, cancellation);
        var ml = new MLContext(arguments.GetValue(Seed));
        var trainer = ml.MulticlassClassification.Trainers.Tlb(options);     // before the images: it checks the options
        var images = ml.Data.LoadFromEnumerable(ImageRows.Labelled(arguments.GetRequiredValue(Data), arguments));
        return (trainer, FitStages(ml, images, options, arguments).Transform(images));
    }

    private static TlbTrainer.Options ReadOptions(ParseResult arguments, CancellationToken cancellation)
    {
        var options = TrainSettings.Read(arguments);
        options.CancellationToken = cancellation;
        options.BadImageCallback = LeftOut.Callback(arguments.GetValue(ImageRows.SkipBadImages));
        return options;
    }

    /// <summary>Fits the stages before the classifier. They belong to the model: they prepare images for scoring too.</summary>
    private static ITransformer FitStages(MLContext ml, IDataView training, TlbTrainer.Options options, ParseResult arguments)
    {
        IEstimator<ITransformer> stages = ml.Transforms.Conversion
            .MapValueToKey("Label", keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue)
            .Append(ml.Transforms.LoadImages("Image", null, "ImagePath"));
        if (!arguments.GetValue(NoResize))
            stages = stages.Append(ml.Transforms.ResizeImages("Image", options.Network.ImageSize, options.Network.ImageSize));
        return stages.Fit(training);
    }

    /// <summary>Reads the names of the images. The share that is held out is divided here and not by the trainer: it is reported on, too.</summary>
    private static (IDataView Training, IDataView Validation) ReadImages(MLContext ml, TlbTrainer.Options options, ParseResult arguments)
    {
        var images = ImageRows.Labelled(arguments.GetRequiredValue(Data), arguments);
        var fraction = options.ValidationFraction;
        options.ValidationFraction = null;
        if (arguments.GetValue(Validation) is { } folder)
            return fraction is null
                ? (View(images), View(ImageRows.Labelled(folder, arguments)))
                : throw new ArgumentException("--validation and --validation-fraction (or validationFraction in the file of options) are both given; expected one of them.");
        var names = images.Select(image => image.Label).Distinct().ToList();
        var (training, validation) = StratifiedSplit.Split([.. images.Select(image => names.IndexOf(image.Label))], fraction!.Value, arguments.GetValue(Seed));
        if (validation.Length == 0)
            throw new ArgumentException($"--validation-fraction {fraction} holds out none of the {images.Count} images; give more images, a larger share or a folder with --validation.");
        return (View(training.Select(i => images[i])), View(validation.Select(i => images[i])));

        IDataView View(IEnumerable<ImageFile> files) => ml.Data.LoadFromEnumerable(files.ToList());
    }
}
