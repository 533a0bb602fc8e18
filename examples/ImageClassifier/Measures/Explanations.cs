using Microsoft.ML;
using Tlb.ML;

namespace Tlb.Examples.ImageClassifier;

/// <summary>What a network attended to in images.</summary>
internal static class Explanations
{
    /// <summary>Explains images, one by one: one that can't be read has no explanation, and the others keep their names.</summary>
    public static IReadOnlyList<(ImageFile Image, ImageExplanation Explanation)> Of(MLContext ml, ITransformer model, TlbTransformer tlb, IReadOnlyList<ImageFile> images, CancellationToken cancellation)
    {
        return [.. images.SelectMany(Explain)];

        IEnumerable<(ImageFile Image, ImageExplanation Explanation)> Explain(ImageFile image)
        {
            cancellation.ThrowIfCancellationRequested();
            return tlb.Explain(model.Transform(ml.Data.LoadFromEnumerable([image]))).Select(explanation => (image, explanation));
        }
    }
}
