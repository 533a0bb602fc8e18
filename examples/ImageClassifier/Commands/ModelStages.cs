using System.CommandLine;
using Microsoft.ML;
using Tlb.ML;

namespace Tlb.Examples.ImageClassifier;

/// <summary>Finds stages of a model.</summary>
internal static class ModelStages
{
    /// <summary>The networks among the stages of a model, at any depth.</summary>
    public static IEnumerable<TlbTransformer> Networks(ITransformer model) => Of<TlbTransformer>(model);

    /// <summary>The first network of a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="zip">The file that it is from.</param>
    /// <exception cref="InvalidDataException">The model holds none.</exception>
    public static TlbTransformer FirstNetwork(ITransformer model, string zip) => Networks(model).FirstOrDefault()
        ?? throw new InvalidDataException($"The model '{zip}' holds no Tlb network; expected one that this program's train command saved, or a pipeline with the Tlb trainer.");

    /// <summary>Bounds the images that a model decodes, as the command's option says.</summary>
    public static void Bound(ITransformer model, ParseResult arguments)
    {
        foreach (var decoding in Of<ImageDecodingTransformer>(model))
            decoding.MaximumPixels = ImageRows.Bound(arguments);
    }

    private static IEnumerable<T> Of<T>(ITransformer model) => model switch
    {
        T stage => [stage],
        IEnumerable<ITransformer> chain => chain.SelectMany(Of<T>),
        _ => [],
    };
}
