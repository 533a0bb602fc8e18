namespace Tlb.Core;

/// <summary>Weights of classes in the loss, for sets in which some classes have few images.</summary>
internal static class ClassWeights
{
    /// <summary>
    /// Weights that make every class count the same in total: images / (classes x images of the class), as scikit-learn's
    /// <c>class_weight="balanced"</c>. Over the images they are 1 on average.
    /// </summary>
    /// <param name="labels">The class of each image, from 0; 1 or more images.</param>
    /// <param name="numberOfClasses">The classes; more than the highest label.</param>
    /// <returns>[<paramref name="numberOfClasses"/>], above 0. A class without images is not among the classes of the formula; its weight is 1.</returns>
    /// <exception cref="ArgumentException">There is no label, or one is not a class.</exception>
    public static float[] Balanced(IReadOnlyList<int> labels, int numberOfClasses)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentOutOfRangeException.ThrowIfLessThan(numberOfClasses, 1);
        if (labels.Count == 0)
            throw new ArgumentException("There are no labels; expected those of the training images.", nameof(labels));
        var counts = new int[numberOfClasses];
        for (var i = 0; i < labels.Count; i++)
        {
            if ((uint)labels[i] >= (uint)numberOfClasses)
                throw new ArgumentException(FormattableString.Invariant($"Label {i} is {labels[i]}; expected 0 to {numberOfClasses - 1}."), nameof(labels));
            counts[labels[i]]++;
        }
        var present = counts.Count(count => count > 0);
        return Array.ConvertAll(counts, count => count == 0 ? 1 : (float)(labels.Count / ((double)present * count)));
    }
}
