// Trains a classifier on a folder of images, one sub-folder per class:
//   dotnet run train.cs -- FOLDER MODEL.zip [EPOCHS]
#:package Tlb.ML@0.1.0
#:property PublishAot=false

using Microsoft.ML;
using Tlb.Core;
using Tlb.ML;

var (folder, zip) = (args[0], args[1]);
var ml = new MLContext(seed: 1);
var images = ml.Data.LoadFromEnumerable(ImageFolder.Read(folder));           // Label, ImagePath
var size = Math.Min(128, ImageFolder.TypicalSize(folder));

var options = new TlbTrainer.Options                                         // all else: TlbTrainer.Options says what there is
{
    FeatureColumnName = "Image",
    Epoch = args.Length > 2 ? int.Parse(args[2]) : 30,
    ValidationFraction = 0.1,                                                // held out, to measure on
    MetricsCallback = progress =>
    {
        if (progress.IsEndOfEpoch)
            Console.WriteLine($"epoch {progress.Epoch} of {progress.EpochCount}: loss {progress.Training.Loss:F3}, validation accuracy {progress.Validation!.Accuracy:P1}");
    },
};
options.Augmentation.HorizontalFlip = 0;                                     // 0.5 for things that have no left and right

var pipeline = ml.Transforms.Conversion.MapValueToKey("Label")
    .Append(ml.Transforms.DecodeImages("Image", folder, "ImagePath"))
    .Append(ml.Transforms.ResizeImages("Image", size, size))
    .Append(ml.MulticlassClassification.Trainers.Tlb(options))
    .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));
var model = pipeline.Fit(images);

ml.Model.Save(model, images.Schema, zip);
Console.WriteLine(model.OfType<TlbTransformer>().Single().Model.GetSummary());
