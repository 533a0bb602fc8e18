using Microsoft.ML;
using Microsoft.ML.Data;

namespace Tlb.Examples.ImageClassifier;

/// <summary>The names of the classes that scores are of.</summary>
internal static class ScoreNames
{
    /// <summary>The names, in the order of the scores.</summary>
    public static string[] Of(IDataView scored)
    {
        VBuffer<ReadOnlyMemory<char>> names = default;
        scored.Schema["Score"].GetSlotNames(ref names);
        return [.. names.DenseValues().Select(name => name.ToString())];
    }
}
