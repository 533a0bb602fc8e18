using System.CommandLine;

namespace Tlb.Examples.ImageClassifier;

/// <summary><c>preview --data FOLDER --output FILE.png</c>: the options are those of the training to come.</summary>
internal static class PreviewCommand
{
    private static readonly ProgramOption<string> Output = new("--output", "The file to write: .svg, which any browser shows, or .png.") { Required = true, HelpName = "file" };
    private static readonly ProgramOption<int> Count = new("--count", "The images to draw; at most a batch.") { Range = "1 or more", DefaultValueFactory = _ => 64 };
    private static readonly ProgramOption<int> Epoch = new("--epoch", "The epoch whose first images are drawn.") { Range = "1 or more", DefaultValueFactory = _ => 1 };

    public static Command Create()
    {
        var command = new Command("preview", "Draws images as they are and as the network will see them in training: shuffled, resized, augmented and mixed.")
        {
            TrainCommand.Data, Output, Count, Epoch, TrainCommand.Seed, TrainCommand.NoResize, ImageRows.SkipBadImages, ImageRows.MaxPixels,
        };
        foreach (var option in TrainSettings.For(SettingScopes.Images))
            command.Add(option);
        command.SetCancellableAction(Run);
        return command;
    }

    private static int Run(ParseResult arguments, CancellationToken cancellation)
    {
        var output = PictureFile.Check("--output", arguments.GetRequiredValue(Output));
        var (trainer, images) = TrainCommand.Open(arguments, cancellation);
        var shown = trainer.Preview(images, arguments.GetValue(Count), arguments.GetValue(Epoch));
        output.Write(PreviewSheet.Draw(shown, $"{shown.Count} training images of {ImageRows.NameOf(arguments.GetRequiredValue(TrainCommand.Data))}"));
        Console.WriteLine($"Wrote {output.Output}.");
        return 0;
    }
}
