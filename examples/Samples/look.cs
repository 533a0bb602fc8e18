// Shows images before and after augmentation, before a long training:
//   dotnet run look.cs -- FOLDER PAGE.html
#:package Tlb.ML@0.1.0
#:property PublishAot=false

using System.Net;
using System.Text;
using Microsoft.ML;
using Microsoft.ML.Data;
using Tlb.Core;
using Tlb.ML;

var (folder, page) = (args[0], args[1]);
var ml = new MLContext(seed: 1);
var files = ml.Data.LoadFromEnumerable(ImageFolder.Read(folder));
var size = Math.Min(128, ImageFolder.TypicalSize(folder));
var images = ml.Transforms.Conversion.MapValueToKey("Label")
    .Append(ml.Transforms.DecodeImages("Image", folder, "ImagePath"))
    .Append(ml.Transforms.ResizeImages("Image", size, size))
    .Fit(files).Transform(files);

var options = new TlbTrainer.Options(Recipe.Long) { FeatureColumnName = "Image" };
options.Augmentation.RandomErasing = new();                                  // what you have in mind

var html = new StringBuilder("<!DOCTYPE html><meta charset='utf-8'><title>Training images</title>");
foreach (var image in ml.MulticlassClassification.Trainers.Tlb(options).Preview(images, count: 24))
{
    using MLImage original = image.CreateOriginal(), seen = image.CreatePicture();
    html.Append($"<p>{Picture(original)} {Picture(seen)} {WebUtility.HtmlEncode(image.Label)}</p>");
}
File.WriteAllText(page, html.ToString());
Console.WriteLine($"Wrote {page}.");

static string Picture(MLImage image)
{
    var file = Path.ChangeExtension(Path.GetRandomFileName(), ".png");
    image.Save(file);                                                        // by its extension as PNG
    var bytes = File.ReadAllBytes(file);
    File.Delete(file);
    return $"<img width='128' style='image-rendering: pixelated' alt='' src='data:image/png;base64,{Convert.ToBase64String(bytes)}'>";
}
