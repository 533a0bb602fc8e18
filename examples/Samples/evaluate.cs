// Measures a model on a folder of images, one sub-folder per class:
//   dotnet run evaluate.cs -- MODEL.zip FOLDER
#:package Tlb.ML@0.1.0
#:property PublishAot=false

using Microsoft.ML;
using Tlb.ML;

var (zip, folder) = (args[0], Path.GetFullPath(args[1]));
var ml = new MLContext();
var model = ml.Model.Load(zip, out _);
var images = ImageFolder.Read(folder).Select(file => new ImageFile { Label = file.Label, ImagePath = Path.Combine(folder, file.ImagePath) }).ToList();

var metrics = ml.MulticlassClassification.Evaluate(model.Transform(ml.Data.LoadFromEnumerable(images)), topKPredictionCount: 2);
Console.WriteLine($"accuracy {metrics.MicroAccuracy:P1}, macro accuracy {metrics.MacroAccuracy:P1}, top-2 {metrics.TopKAccuracy:P1}, log-loss {metrics.LogLoss:F4}");
Console.WriteLine(metrics.ConfusionMatrix.GetFormattedConfusionTable());
