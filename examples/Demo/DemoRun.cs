using System.Diagnostics;

namespace Tlb.Examples.Demo;

/// <summary>The steps of the demo. Training and scoring are processes of their own, as a user would start them.</summary>
internal static class DemoRun
{
    private const int PictureSize = 32;

    /// <summary>As it is by default but for few images and little time, and without mirroring: own images may be of letters.</summary>
    private static readonly string[] Recipe = ["--epochs", "7", "--flip", "0"];

    public static int Run(string? data, string work)
    {
        Directory.CreateDirectory(work);
        var (training, heldOut) = data is null ? DrawPictures(work) : HeldOutImages.Split(data, Path.Combine(work, "own-images"));
        var model = Path.Combine(work, "model.zip");
        var scores = Path.Combine(work, "scores.csv");

        Say("Training");
        var status = Start(["train", "--data", training, "--model", model, .. Recipe]);
        if (status != 0)
            return status;
        Say("Scoring images that training never saw, in a new process");
        status = Start(["score", "--model", model, "--data", heldOut, "--output", scores]);
        if (status != 0)
            return status;

        Say("For your own folder, with one sub-folder of images per class");
        const string run = "dotnet run -c Release --project examples/ImageClassifier --";
        Console.WriteLine($"""
            ./tlb demo --data FOLDER
            {run} train --data FOLDER --model model.zip
            {run} score --model model.zip --data FOLDER --output scores.csv
            """);
        return 0;
    }

    private static (string Training, string HeldOut) DrawPictures(string work)
    {
        var pictures = Path.Combine(work, "pictures");
        if (!Directory.Exists(pictures))
        {
            Say("Drawing pictures");
            var unfinished = pictures + ".part";
            if (Directory.Exists(unfinished))
                Directory.Delete(unfinished, recursive: true);
            var training = PictureFolder.Draw(Path.Combine(unfinished, "training"), count: 1000, PictureSize, seed: 1);
            var heldOut = PictureFolder.Draw(Path.Combine(unfinished, "held-out"), count: 100, PictureSize, seed: 2);
            Directory.Move(unfinished, pictures);
            Console.WriteLine($"{training} pictures of {Shapes.All.Count} shapes to train on and {heldOut} held out, half JPEG, half PNG: {pictures}");
        }
        return (Path.Combine(pictures, "training"), Path.Combine(pictures, "held-out"));
    }

    /// <summary>Runs the ImageClassifier program, which lies beside this one, and waits for it.</summary>
    private static int Start(string[] arguments)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "tlb-images.dll");
        Console.WriteLine($"> tlb-images {string.Join(' ', arguments)}");
        using var process = Process.Start(new ProcessStartInfo("dotnet", [program, .. arguments]))!;
        process.WaitForExit();
        return process.ExitCode;
    }

    private static void Say(string step) => Console.WriteLine($"{Environment.NewLine}== {step}");
}
