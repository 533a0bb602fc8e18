using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using Tlb.ML;

namespace Tlb.Benchmarks;

/// <summary>The time from the start of a process to its first prediction.</summary>
internal static class FirstPrediction
{
    public static int Run(string model, string image)
    {
        var ml = new MLContext();
        using var engine = ml.Model.CreatePredictionEngine<ImageFile, Prediction>(ml.Model.Load(model, out _));
        engine.Predict(new ImageFile { ImagePath = Path.GetFullPath(image) });
        using var process = Process.GetCurrentProcess();
        Console.WriteLine((DateTime.Now - process.StartTime).TotalMilliseconds.ToString("F1", CultureInfo.InvariantCulture));
        return 0;
    }
}
