using Microsoft.ML;
using Tlb.ML;

namespace Tlb.Examples.ImageClassifier;

/// <summary>Finds the networks in a model.</summary>
internal static class TlbStages
{
    /// <summary>The networks among the stages of a model, at any depth.</summary>
    public static IEnumerable<TlbTransformer> Of(ITransformer model) => model switch
    {
        TlbTransformer tlb => [tlb],
        IEnumerable<ITransformer> chain => chain.SelectMany(Of),
        _ => [],
    };

    /// <summary>The first network of a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="zip">The file that it is from.</param>
    /// <exception cref="InvalidDataException">The model holds none.</exception>
    public static TlbTransformer First(ITransformer model, string zip) => Of(model).FirstOrDefault()
        ?? throw new InvalidDataException($"The model '{zip}' holds no Tlb network; expected one that this program's train command saved, or a pipeline with the Tlb trainer.");
}
