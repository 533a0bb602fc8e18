using System.CommandLine;

namespace Tlb.Examples.ImageClassifier;

/// <summary><c>preview --data FOLDER --output FILE.png</c>: the options are those of the training to come.</summary>
internal static class PreviewCommand
{
    private static readonly Option<string> Output = new("--output") { Description = "The PNG file to write.", Required = true };
    private static readonly Option<int> Count = new("--count") { Description = "The images to draw; at most a batch.", DefaultValueFactory = _ => 64 };
    private static readonly Option<int> Epoch = new("--epoch") { Description = "The epoch whose first images are drawn, from 1.", DefaultValueFactory = _ => 1 };

    public static Command Create()
    {
        var command = new Command("preview", "Draws images as the network will see them in training: shuffled, resized, augmented and mixed.")
        {
            TrainCommand.Data, Output, Count, Epoch, TrainCommand.Seed, TrainCommand.NoResize, TrainCommand.SkipBadImages,
        };
        foreach (var option in TrainSettings.OfImages)
            command.Add(option);
        command.SetAction((result, cancellation) => Task.Run(() => Run(result, cancellation), CancellationToken.None));
        return command;
    }

    private static int Run(ParseResult arguments, CancellationToken cancellation)
    {
        var target = ModelFiles.CheckTarget(arguments.GetRequiredValue(Output));
        if (!Path.GetExtension(target).Equals(".png", StringComparison.OrdinalIgnoreCase))
            throw new ArgumentException($"--output is '{arguments.GetRequiredValue(Output)}'; expected a file that ends in .png.");
        var (trainer, images) = TrainCommand.Open(arguments, cancellation);
        using var sheet = trainer.CreateContactSheet(images, arguments.GetValue(Count), arguments.GetValue(Epoch));
        ModelFiles.Write(target, sheet.Save);
        Console.WriteLine($"Wrote {target}.");
        return 0;
    }
}
