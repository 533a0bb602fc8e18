// Says what the images of a folder show, labelled or not, as CSV:
//   dotnet run score.cs -- MODEL.zip FOLDER > scores.csv
#:package Tlb.ML@0.1.0
#:property PublishAot=false

using System.Globalization;
using Microsoft.ML;
using Tlb.ML;

var (zip, folder) = (args[0], Path.GetFullPath(args[1]));
var ml = new MLContext();
var model = ml.Model.Load(zip, out _);

// Enumerate holds no more than a sub-folder's names in memory, and images are scored in batches as they come.
var images = ImageFolder.Enumerate(folder, badImage => Console.Error.WriteLine($"left out: {badImage}"))
    .Select(file => new ImageFile { Label = file.Label, ImagePath = Path.Combine(folder, file.ImagePath) });
var scored = model.Transform(ml.Data.LoadFromEnumerable(images));

Console.WriteLine("path,predicted,probability");
foreach (var row in ml.Data.CreateEnumerable<Scored>(scored, reuseRowObject: true))
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\"{row.ImagePath.Replace("\"", "\"\"")}\",\"{row.PredictedLabel}\",{row.Score.Max():F4}"));

internal sealed class Scored
{
    public string ImagePath { get; set; } = "";

    public string PredictedLabel { get; set; } = "";

    public float[] Score { get; set; } = [];
}
