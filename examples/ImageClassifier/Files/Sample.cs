namespace Tlb.Examples.ImageClassifier;

/// <summary>Takes a few of many.</summary>
internal static class Sample
{
    /// <summary>Takes so many at most, evenly from all: of images in the order of their classes every class is among them.</summary>
    public static IReadOnlyList<T> Evenly<T>(IReadOnlyList<T> items, int count)
    {
        count = Math.Min(count, items.Count);
        return [.. Enumerable.Range(0, count).Select(i => items[(int)((long)i * items.Count / count)])];
    }
}
