using Microsoft.ML;
using Tlb.Core;
using Tlb.ML;

namespace Flowers;

public partial class FlowersModel
{
    /// <summary>The pixels that images are resized to, in width and height.</summary>
    public const int ImageSize = 64;

    /// <summary>Trains a model and saves it.</summary>
    /// <param name="outputModelPath">The model file to write.</param>
    /// <param name="inputDataFolder">The folder of images: one sub-folder per class, named as the class.</param>
    /// <param name="epochs">How often the images are gone through.</param>
    public static void Train(string outputModelPath, string inputDataFolder, int epochs = 30)
    {
        var mlContext = new MLContext(seed: 1);
        var data = LoadImageFromFolder(mlContext, inputDataFolder);
        var model = RetrainModel(mlContext, data, epochs);
        SaveModel(mlContext, model, data, outputModelPath);
    }

    /// <summary>Reads the names of the images in a folder, with full paths.</summary>
    public static IDataView LoadImageFromFolder(MLContext mlContext, string folder)
    {
        var root = Path.GetFullPath(folder);
        return mlContext.Data.LoadFromEnumerable(ImageFolder.Read(root).Select(file => new ModelInput { Label = file.Label, ImagePath = Path.Combine(root, file.ImagePath) }).ToList());
    }

    /// <summary>Saves a model.</summary>
    public static void SaveModel(MLContext mlContext, ITransformer model, IDataView data, string modelSavePath) => mlContext.Model.Save(model, data.Schema, modelSavePath);

    /// <summary>Trains a model anew.</summary>
    /// <param name="mlContext">The context.</param>
    /// <param name="trainData">The images and their labels.</param>
    /// <param name="epochs">How often the images are gone through.</param>
    public static ITransformer RetrainModel(MLContext mlContext, IDataView trainData, int epochs = 30) => BuildPipeline(mlContext, epochs).Fit(trainData);

    /// <summary>The stages from an image's path to the name of its class.</summary>
    public static IEstimator<ITransformer> BuildPipeline(MLContext mlContext, int epochs = 30)
    {
        var options = new TlbTrainer.Options
        {
            FeatureColumnName = "Image",
            Epoch = epochs,
            ValidationFraction = 0.1,
            MetricsCallback = progress =>
            {
                if (progress.IsEndOfEpoch)
                    Console.WriteLine($"epoch {progress.Epoch} of {progress.EpochCount}: loss {progress.Training.Loss:F3}, validation accuracy {progress.Validation!.Accuracy:P1}");
            },
        };
        return mlContext.Transforms.Conversion.MapValueToKey("Label")
            .Append(mlContext.Transforms.DecodeImages("Image", null, "ImagePath"))
            .Append(mlContext.Transforms.ResizeImages("Image", ImageSize, ImageSize))
            .Append(mlContext.MulticlassClassification.Trainers.Tlb(options))
            .Append(mlContext.Transforms.Conversion.MapKeyToValue("PredictedLabel"));
    }
}
