using static Tlb.ML.Tests.TestImages;

namespace Tlb.ML.Tests;

public sealed class ReadmeTests
{
    /// <summary>The README's pipeline is this file's: it is compiled, and run.</summary>
    [Fact]
    public void The_pipeline_of_the_README_is_the_one_that_runs_here()
    {
        var here = Lines(File.ReadAllText(Copy("ReadmeTests.cs"))).SkipWhile(line => line != "// <README>").Skip(1).TakeWhile(line => line != "// </README>");
        var readme = Lines(File.ReadAllText(Copy("README.md")));
        var there = readme.SkipWhile(line => line != "```csharp").Skip(1).TakeWhile(line => line != "```")
            .Where(line => !line.StartsWith("using ", StringComparison.Ordinal) && !line.StartsWith("const ", StringComparison.Ordinal));
        Assert.Equal(here, there);
    }

    [Fact]
    public void The_pipeline_runs()
    {
        using var folder = new TempFolder();
        Write(folder["flowers"], 12, size: 48);
        var (output, said) = (Console.Out, new StringWriter());
        Console.SetOut(said);
        try
        {
            Assert.Contains(Run(folder["flowers"], folder["flowers.zip"]), Labels);
        }
        finally
        {
            Console.SetOut(output);
        }
        Assert.Matches(@"(?m)^Epoch 30 of 30: training loss", said.ToString());
        Assert.Contains("The network was chosen by the size of the images, as no other is set: it reads them at 96x96 pixels, as 6x6 tokens by 4 layers of convolutions.", said.ToString(), StringComparison.Ordinal);
        Assert.NotNull(new MLContext().Model.Load(folder["flowers.zip"], out _));
    }

    private static string Run(string folder, string zip)
    {
        // <README>
        var ml = new MLContext(seed: 42);
        ml.Log += (_, line) =>
        {
            if (line.Source.StartsWith("TlbTrainer", StringComparison.Ordinal))
                Console.WriteLine(line.RawMessage);                              // a line for each epoch
        };
        var images = ml.Data.LoadFromEnumerable(ImageFolder.Read(folder));       // Label, ImagePath
        var pipeline = ml.Transforms.Conversion.MapValueToKey("Label")
            .Append(ml.Transforms.DecodeImages("Image", folder, "ImagePath"))
            .Append(ml.Transforms.ResizeImages("Image", 96, 96))
            .Append(ml.MulticlassClassification.Trainers.Tlb(featureColumnName: "Image"))
            .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));
        var model = pipeline.Fit(images);
        ml.Model.Save(model, images.Schema, zip);

        var loaded = ml.Model.Load(zip, out _);                                  // in any program that references Tlb.ML
        var engine = ml.Model.CreatePredictionEngine<ImageFile, Prediction>(loaded);
        var prediction = engine.Predict(new ImageFile { ImagePath = ImageFolder.Read(folder)[0].ImagePath });
        // </README>
        return prediction.PredictedLabel;
    }

    private static IEnumerable<string> Lines(string text) => text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0);

    // The build copies both beside the tests: source paths are no real paths in a deterministic build.
    private static string Copy(string name) => Path.Combine(AppContext.BaseDirectory, name);
}
