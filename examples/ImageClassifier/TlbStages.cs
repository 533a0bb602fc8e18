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
}
