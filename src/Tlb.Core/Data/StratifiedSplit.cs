namespace Tlb.Core;

/// <summary>Holds out images to validate on, the same share of each class.</summary>
public static class StratifiedSplit
{
    /// <summary>
    /// Divides images at random. Of each class <paramref name="validationFraction"/> is held out, rounded to whole images (halves
    /// up), but at least one stays for training. So a class of few images may have none held out.
    /// </summary>
    /// <param name="labels">The class of each image.</param>
    /// <param name="validationFraction">The share that is held out, above 0 and below 1.</param>
    /// <param name="seed">The same seed and labels give the same split.</param>
    /// <returns>The indexes of the images, each once, each list in rising order.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="validationFraction"/> is not between 0 and 1.</exception>
    public static (int[] Training, int[] Validation) Split(IReadOnlyList<int> labels, double validationFraction, int seed)
    {
        ArgumentNullException.ThrowIfNull(labels);
        if (validationFraction is not (> 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(validationFraction), validationFraction, "Expected a share above 0 and below 1.");
        var toHoldOut = labels.CountBy(label => label).ToDictionary(
            label => label.Key, label => Math.Min(label.Value - 1, (int)Math.Round(label.Value * validationFraction, MidpointRounding.AwayFromZero)));
        var order = Enumerable.Range(0, labels.Count).ToArray();
        new Random(seed).Shuffle(order);
        var isHeldOut = new bool[labels.Count];
        foreach (var index in order)
            isHeldOut[index] = toHoldOut[labels[index]]-- > 0;
        Array.Sort(order);
        return (Array.FindAll(order, index => !isHeldOut[index]), Array.FindAll(order, index => isHeldOut[index]));
    }
}
