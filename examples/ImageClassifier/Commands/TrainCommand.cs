using System.CommandLine;
using Microsoft.ML;
using Microsoft.ML.Transforms;
using Tlb.Core;
using Tlb.ML;

namespace Tlb.Examples.ImageClassifier;

/// <summary><c>train --data FOLDER --model FILE.zip</c>: one sub-folder per class, named as the class.</summary>
internal static class TrainCommand
{
    /// <summary>The command's name.</summary>
    internal const string Name = "train";

    /// <summary>The share that is held out where neither a share nor a folder to measure on is given.</summary>
    internal const double DefaultFraction = 0.1;

    /// <summary>The largest image size that is taken unasked: larger ones take hours on a CPU.</summary>
    internal const int LargestDefaultSize = 128;

    internal static readonly ProgramOption<string> Data = new("--data", "The folder of training images: one sub-folder per class.") { Required = true, HelpName = "folder" };
    internal static readonly ProgramOption<int> Seed = new("--seed", "The seed of all that is random: the same seed and images give the same model on the same machine.") { Range = "any integer", DefaultValueFactory = _ => 1 };
    internal static readonly ProgramOption<bool> NoResize = new("--no-resize", "All images have one size: leaves them as they are, and lets the network resize them.");

    private static readonly ProgramOption<string> Model = new("--model", "The model file to write.") { Required = true, HelpName = "file" };
    private static readonly ProgramOption<string?> Validation = new("--validation", "A folder of images to measure on, laid out as --data.") { HelpName = "folder", Default = "a share of --data" };
    private static readonly ProgramOption<string?> History = new("--history", "A file for the metrics of each epoch: .csv for the table, .svg or .png for the curves.") { HelpName = "file" };
    private static readonly ProgramOption<string?> Report = new("--report", "An HTML file for a page on the model: curves, how well it classifies the images measured on, its mistakes, all options.") { HelpName = "file" };
    private static readonly ProgramOption<string?> SaveOptions = new("--save-options", "A JSON file to write all options of this run to: --options takes it.") { HelpName = "file" };

    public static Command Create()
    {
        var command = new Command(Name, "Trains a classifier on a folder of labelled images and saves it.") { Data, Model, Validation, Seed, NoResize, ImageRows.SkipBadImages, ImageRows.MaxPixels, History, Report, SaveOptions };
        foreach (var option in TrainSettings.For(SettingScopes.All))
            command.Add(option);
        command.SetCancellableAction(Run);
        return command;
    }

    private static int Run(ParseResult arguments, CancellationToken cancellation)
    {
        if (MpiLaunch.Rank > 0)
            return Follow(arguments, cancellation);
        var target = Output.Check("--model", arguments.GetRequiredValue(Model));
        var history = arguments.GetValue(History) is { } file ? MetricsFile.Check("--history", file) : null;
        var report = arguments.GetValue(Report) is { } html ? Output.Check("--report", html, ".html") : null;
        var saveOptions = arguments.GetValue(SaveOptions) is { } json ? Output.Check("--save-options", json) : null;
        Output.ThrowIfSame((target.Option, target.Path), ("--history", history?.Output.Path), ("--report", report?.Path), ("--save-options", saveOptions?.Path));
        var options = ReadRunOptions(arguments, cancellation);
        var ml = Context(arguments);
        var trainer = ml.MulticlassClassification.Trainers.Tlb(options);     // before the images: it checks the options
        saveOptions?.WriteText(writer => writer.Write(options.ToJson()));
        var (trainingImages, validationImages) = ReadImages(options, arguments);
        TrainingPlan.Write(options, trainingImages, validationImages, isHeldOut: arguments.GetValue(Validation) is null);

        var (training, validation) = (ml.Data.LoadFromEnumerable(trainingImages), ml.Data.LoadFromEnumerable(validationImages));
        var preparation = FitStages(ml, training, options, arguments);
        options.ValidationSet = preparation.Transform(validation);
        var classifier = TrainingView.Show(options, () => trainer.Fit(preparation.Transform(training)));
        var names = ml.Transforms.Conversion.MapKeyToValue("PredictedLabel").Fit(classifier.Transform(preparation.Transform(training)));
        var model = preparation.Append(classifier).Append(names);

        Save(target, stream => ml.Model.Save(model, training.Schema, stream));
        var evaluation = new Lazy<Evaluation>(() => Evaluation.Of(ml, model.Transform(validation), CancellationToken.None));
        ReportOn(
            target,
            () => history?.Write(classifier.Model.History.WriteCsv, classifier.Model.History.ToSvg),
            () => Console.WriteLine(classifier.Model.GetSummary()),
            () => EvaluationText.Write(evaluation.Value),
            WriteReport);
        return 0;

        void WriteReport()
        {
            if (report is null)
                return;
            var page = ReportPage.Create(ReportOf());
            report.WriteText(writer => Html.Write(writer, page));
            Console.WriteLine($"Wrote {report}.");
        }

        ReportContent ReportOf()
        {
            var (data, given) = (arguments.GetRequiredValue(Data), arguments.GetValue(Validation));
            var content = ModelReport.Of(new(ml, model, classifier, validationImages, evaluation.Value), Path.GetFileName(target.Path!), given ?? data, CommandLine.Text(arguments), CancellationToken.None);
            return content with
            {
                MeasuredOn = content.MeasuredOn + (given is null ? ", held out of the training" : ""),
                TrainingImages = ModelReport.TrainingImages(trainer, trainingImages, images => preparation.Transform(ml.Data.LoadFromEnumerable(images))),
                ModelCard =
                [
                    .. content.ModelCard,
                    ("training images", FormattableString.Invariant($"{trainingImages.Count:N0} of {ImageRows.NameOf(data)}")),
                    ("images measured on", FormattableString.Invariant($"{validationImages.Count:N0} of {ImageRows.NameOf(given ?? data)}")),
                    ("seed", FormattableString.Invariant($"{arguments.GetValue(Seed)}")),
                ],
                Options = options.ToJson(),
            };
        }
    }

    /// <summary>What all processes but the first do, where a launcher has started several: they train, and leave the rest to it.</summary>
    private static int Follow(ParseResult arguments, CancellationToken cancellation)
    {
        var options = ReadRunOptions(arguments, cancellation);
        var ml = Context(arguments);
        var trainer = ml.MulticlassClassification.Trainers.Tlb(options);
        var training = ml.Data.LoadFromEnumerable(ReadImages(options, arguments).Training);
        trainer.Fit(FitStages(ml, training, options, arguments).Transform(training));
        return 0;
    }

    /// <summary>Saves the model: elsewhere, where it can't be where it should. It may have taken hours.</summary>
    private static void Save(Output target, Action<Stream> save)
    {
        try
        {
            target.Write(save);
        }
        catch (Exception e) when (e is not OutOfMemoryException)             // ML.NET has temporary files of its own, and what .NET throws is not always an IOException
        {
            var other = Path.Combine(Path.GetTempPath(), $"model-{Guid.NewGuid():N}.zip");
            try
            {
                OutputFile.Write(other, save);
            }
            catch (Exception second) when (second is not OutOfMemoryException)
            {
                throw new IOException($"The model could not be saved in '{target}' ({e.Message}), nor in '{other}' ({second.Message}). With --checkpoints and --resume the training would not have to be done again.", e);
            }
            throw new IOException($"The model is saved in '{other}', since it could not be in '{target}': {e.Message}", e);
        }
        Console.WriteLine(File.Exists(target.Path) ? $"Saved {target} ({new FileInfo(target.Path).Length / 1024:N0} KB)." : $"Saved {target}.");
    }

    /// <summary>Does all that follows the saving of the model. Where a part fails, so that the others are done and the model is known to be there.</summary>
    private static void ReportOn(Output model, params Action[] parts)
    {
        var problems = new List<string>();
        foreach (var part in parts)
        {
            try
            {
                part();
            }
            catch (Exception e) when (e is not OutOfMemoryException)         // whatever a stage of the pipeline throws
            {
                problems.Add(ErrorText.Of(e));
            }
        }
        if (problems.Count > 0)
            throw new InvalidOperationException($"The model is saved in '{model}', but not all could be reported on it: {string.Join(" ", problems)}");
    }

    /// <summary>A context whose warnings are printed, such as of a checkpoint that can't be read or written.</summary>
    private static MLContext Context(ParseResult arguments)
    {
        var ml = new MLContext(arguments.GetValue(Seed));
        ml.Log += (_, message) => ErrorLine.WriteWarning(message);
        return ml;
    }

    /// <summary>The trainer and the images of commands that look at a training to come.</summary>
    internal static (TlbTrainer Trainer, IDataView Images) Open(ParseResult arguments, CancellationToken cancellation)
    {
        var options = ReadOptions(arguments, cancellation);
        var ml = Context(arguments);
        var trainer = ml.MulticlassClassification.Trainers.Tlb(options);     // before the images: it checks the options
        var images = ml.Data.LoadFromEnumerable(ImageRows.Labelled(arguments.GetRequiredValue(Data), arguments));
        return (trainer, FitStages(ml, images, options, arguments).Transform(images));
    }

    private static TlbTrainer.Options ReadRunOptions(ParseResult arguments, CancellationToken cancellation)
    {
        var options = ReadOptions(arguments, cancellation);
        options.Distributed = MpiLaunch.Count > 1;                           // by the launcher alone, whatever a file of options says
        options.ValidationFraction ??= arguments.GetValue(Validation) is null ? DefaultFraction : null;
        return options;
    }

    private static TlbTrainer.Options ReadOptions(ParseResult arguments, CancellationToken cancellation)
    {
        var options = TrainSettings.Read(arguments, () => Math.Min(LargestDefaultSize, ImageFolder.TypicalSize(arguments.GetRequiredValue(Data))));
        options.CancellationToken = cancellation;
        options.BadImageCallback = LeftOut.Callback(arguments.GetValue(ImageRows.SkipBadImages));
        return options;
    }

    /// <summary>Fits the stages before the classifier. They belong to the model: they prepare images for scoring too.</summary>
    private static ITransformer FitStages(MLContext ml, IDataView training, TlbTrainer.Options options, ParseResult arguments)
    {
        IEstimator<ITransformer> stages = ml.Transforms.Conversion
            .MapValueToKey("Label", keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue)
            .Append(ml.Transforms.DecodeImages("Image", null, "ImagePath"));
        if (!arguments.GetValue(NoResize))
            stages = stages.Append(ml.Transforms.ResizeImages("Image", options.Network!.ImageSize, options.Network.ImageSize));
        var fitted = stages.Fit(training);
        ModelStages.Bound(fitted, arguments);
        return fitted;
    }

    /// <summary>Reads the names of the images. The share that is held out is divided here and not by the trainer: it is reported on, too.</summary>
    private static (IReadOnlyList<ImageFile> Training, IReadOnlyList<ImageFile> Validation) ReadImages(TlbTrainer.Options options, ParseResult arguments)
    {
        var images = ImageRows.Labelled(arguments.GetRequiredValue(Data), arguments);
        var fraction = options.ValidationFraction;
        options.ValidationFraction = null;
        if (arguments.GetValue(Validation) is { } folder)
            return fraction is null
                ? (images, ImageRows.Labelled(folder, arguments))
                : throw new ArgumentException("--validation and --validation-fraction (or validationFraction in the file of options) are both given; expected one of them.");
        var names = images.Select(image => image.Label).Distinct().ToList();
        var (training, validation) = StratifiedSplit.Split([.. images.Select(image => names.IndexOf(image.Label))], fraction!.Value, arguments.GetValue(Seed));
        if (validation.Length == 0)
            throw new ArgumentException($"--validation-fraction {fraction} holds out none of the {images.Count} images; give more images, a larger share or a folder with --validation.");
        return ([.. training.Select(i => images[i])], [.. validation.Select(i => images[i])]);
    }
}
