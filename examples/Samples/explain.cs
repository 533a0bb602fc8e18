// Shows what the network attended to in an image:
//   dotnet run explain.cs -- MODEL.zip IMAGE OVERLAY.png
#:package Tlb.ML@0.1.0
#:property PublishAot=false

using Microsoft.ML;
using Tlb.ML;

var ml = new MLContext();
var model = ml.Model.Load(args[0], out _);
var tlb = ((IEnumerable<ITransformer>)model).OfType<TlbTransformer>().Single();

// A full path is taken as it is; one that is not, is looked for in the folder that the model was trained on.
var rows = ml.Data.LoadFromEnumerable([new ImageFile { ImagePath = Path.GetFullPath(args[1]) }]);
var explanation = tlb.Explain(model.Transform(rows)).Single();

foreach (var (probability, name) in explanation.Score.Zip(tlb.Model.ClassNames).OrderByDescending(each => each.First).Take(5))
    Console.WriteLine($"{probability,7:P1}  {name}");
using var overlay = explanation.CreateOverlay();                             // black: least, light yellow: most
overlay.Save(args[2]);
Console.WriteLine($"Wrote {args[2]}.");
