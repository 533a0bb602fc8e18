using System.CommandLine;
using Microsoft.ML;
using Tlb.ML;

namespace Tlb.Examples.ImageClassifier;

/// <summary>A saved model, and how well it classifies a folder of labelled images.</summary>
/// <param name="Context">The context.</param>
/// <param name="Model">The model: all stages.</param>
/// <param name="Network">Its network.</param>
/// <param name="Images">The images of its classes.</param>
/// <param name="Evaluation">What was measured on them.</param>
internal sealed record MeasuredModel(MLContext Context, ITransformer Model, TlbTransformer Network, IReadOnlyList<ImageFile> Images, Evaluation Evaluation)
{
    /// <summary>Loads a model as the options say, and measures it.</summary>
    /// <param name="zip">The model file.</param>
    /// <param name="folder">The folder of images: one sub-folder per class.</param>
    /// <param name="arguments">The arguments.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="InvalidDataException">The model holds no network, or there is no image of its classes that can be read.</exception>
    public static MeasuredModel Of(string zip, string folder, ParseResult arguments, CancellationToken cancellation)
    {
        var ml = new MLContext();
        var model = ComputeSettings.Load(ml, zip, arguments);
        var network = ModelStages.FirstNetwork(model, zip);
        network.BadImageCallback = LeftOut.Callback(arguments.GetValue(ImageRows.SkipBadImages));
        var images = ImageRows.OfClasses(network.Model.ClassNames, folder, arguments);
        var evaluation = Evaluation.Of(ml, model.Transform(ml.Data.LoadFromEnumerable(images)), cancellation);
        return evaluation.Measured > 0
            ? new(ml, model, network, images, evaluation)
            : throw new InvalidDataException($"None of the {images.Count:N0} images of '{folder}' can be read.");
    }
}
