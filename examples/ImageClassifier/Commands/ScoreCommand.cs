using System.CommandLine;
using System.Reflection;
using Microsoft.ML;

namespace Tlb.Examples.ImageClassifier;

/// <summary><c>score --model FILE.zip --data FOLDER --output FILE.csv</c>: images with labels or without, by the million.</summary>
internal static class ScoreCommand
{
    /// <summary>The option for a list of images that can't be read.</summary>
    public static readonly ProgramOption<string?> BadList = new(
        "--bad-list", $"A file to list images in that can't be read, with the reason: {TableEndings}. They are left out, and where there are any the status is {ExitStatus.BadImagesListed}.") { HelpName = "file" };

    private const string TableEndings = ".csv, .jsonl or .parquet";

    private static readonly ProgramOption<string> Model = new("--model", "The model file.") { Required = true, HelpName = "file" };
    private static readonly ProgramOption<string> Data = new("--data", "The images to score: a folder, at any depth; a glob such as 'photos/2026-*/**/*.jpg'; or - for a list on standard input, a path in each line.") { Required = true, HelpName = "images" };
    private static readonly ProgramOption<string> Output = new("--output", $"The file to write, {TableEndings}: full path, predicted label, score of each class. - for standard output, as CSV.") { Required = true, HelpName = "file" };

    private static readonly ProgramOption<bool> RawNames = new("--raw-names", "Writes names into CSV as they are. Else one that a spreadsheet would take for a formula, as it begins with =, +, - or @, has an apostrophe before it.");
    private static readonly ProgramOption<int?> Top = new("--top", "Writes so many classes for each image, the most probable first, with their scores.") { Range = "1 to the number of classes", Default = "the score of every class" };
    private static readonly ProgramOption<float?> Above = new("--above", "Leaves out images whose predicted label is less probable.") { Range = "0 to 1" };
    private static readonly ProgramOption<float?> Below = new("--below", "Leaves out images whose predicted label is as probable or more.") { Range = "0 to 1" };
    private static readonly ProgramOption<bool> Resume = new("--resume", "Goes on where a scoring into the same file was interrupted, and keeps what is done so that it can be gone on with.");
    private static readonly ProgramOption<Shard?> Part = new("--shard", "Scores one of n parts of the images, and writes a manifest beside the file; merge joins them.") { HelpName = "i/n", Parse = Shard.Parse };

    public static Command Create()
    {
        var command = new Command("score", "Scores images with a saved model.")
        {
            Model, Data, Output, ImageRows.SkipBadImages, BadList, ImageRows.MaxPixels, Top, Above, Below, RawNames, Resume, Part,
            ComputeSettings.Device, ComputeSettings.Precision, ComputeSettings.WorkMemory, ComputeSettings.Mirror,
        };
        command.SetCancellableAction(Run);
        return command;
    }

    private static int Run(ParseResult arguments, CancellationToken cancellation)
    {
        var targets = ScoreTargets.Check(arguments.GetRequiredValue(Output), arguments.GetValue(BadList), arguments.GetValue(RawNames), arguments.GetValue(Part));
        ImageClassifier.Output.ThrowIfSame(("--output", targets.Output.Path), (BadList.Name, targets.BadList?.Path), ("--model", arguments.GetRequiredValue(Model)));
        if (arguments.GetValue(Resume) || targets.Shard is not null)
            targets.ThrowIfNoFile(arguments.GetValue(Resume) ? Resume.Name : Part.Name);
        var (above, below) = (Share(arguments, Above), Share(arguments, Below));
        if (above >= below)
            throw new ArgumentException(FormattableString.Invariant($"--above is {above} and --below {below}; expected a lower --above."));
        var maximumPixels = ImageRows.Bound(arguments);

        var ml = new MLContext();
        var model = ComputeSettings.Load(ml, arguments.GetRequiredValue(Model), arguments);
        var skipsBad = arguments.GetValue(ImageRows.SkipBadImages) || targets.BadList is not null;
        var images = ImageList.Read(arguments.GetRequiredValue(Data), skipsBad);
        var run = arguments.GetValue(Resume) || targets.Shard is not null ? Identity(arguments, images) : null;
        if (targets.Shard is { } shard)
            images.Keep(shard);
        var scorer = new ImageScorer(ml, model, images, maximumPixels);
        var table = new ScoreTable(scorer.Names, CheckedTop(arguments, scorer.Names.Length), above, below);
        return new ScoringRun(scorer, images, table, targets, skipsBad).Score(run, arguments.GetValue(Resume), cancellation);
    }

    /// <summary>All that the rows depend on. How exactly numbers come out depends on the processor too, which is not looked at.</summary>
    private static Dictionary<string, string> Identity(ParseResult arguments, ImageList images) => new()
    {
        ["program"] = typeof(ScoreCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0],
        ["model"] = RunIdentity.HashOf(arguments.GetRequiredValue(Model)),
        ["folder"] = images.Root.Length > 0 ? images.Root : "any",
        ["images"] = FormattableString.Invariant($"{images.Count} with paths of SHA-256 {images.Hash()}"),
        [Part.Name] = Text(arguments.GetValue(Part)),
        [ImageRows.MaxPixels.Name] = Text(arguments.GetValue(ImageRows.MaxPixels)),
        [Top.Name] = Text(arguments.GetValue(Top)),
        [Above.Name] = Text(arguments.GetValue(Above)),
        [Below.Name] = Text(arguments.GetValue(Below)),
        [RawNames.Name] = Text(arguments.GetValue(RawNames)),
        [ComputeSettings.Device.Name] = Text(arguments.GetValue(ComputeSettings.Device)),
        [ComputeSettings.Precision.Name] = Text(arguments.GetValue(ComputeSettings.Precision)),
        [ComputeSettings.Mirror.Name] = arguments.GetValue(ComputeSettings.Mirror) is { } isOn ? Text(isOn) : ComputeSettings.Mirror.Default,
    };

    private static string Text(object? value) => ProgramOption<object>.Text(value) ?? "none";

    private static int? CheckedTop(ParseResult arguments, int classes) => arguments.GetValue(Top) is var top && (top is null || (top >= 1 && top <= classes))
        ? top
        : throw new ArgumentException(FormattableString.Invariant($"{Top.Name} is {top}; expected 1 to {classes}, the classes of the model."));

    private static float? Share(ParseResult arguments, ProgramOption<float?> option) => arguments.GetValue(option) is var share && (share is null or (>= 0 and <= 1))
        ? share
        : throw new ArgumentException(FormattableString.Invariant($"{option.Name} is {share}; expected 0 to 1."));
}
