namespace Tlb.Core.Tests;

public sealed class ClassWeightsTests
{
    [Fact]                                                                   // 6 / (2 x 2) and 6 / (2 x 4): the example in scikit-learn's documentation of compute_class_weight
    public void Balanced_weights_are_scikit_learns() => Assert.Equal([1.5f, 0.75f], ClassWeights.Balanced([1, 1, 1, 1, 0, 0], 2));

    [Fact]
    public void A_class_without_images_has_weight_1_and_does_not_count() =>
        Assert.Equal([1, 1.5f, 1, 0.75f], ClassWeights.Balanced([3, 3, 3, 3, 1, 1], 4));

    [Fact]
    public void Every_class_has_the_same_weight_in_total()
    {
        int[] counts = [1, 2, 30, 400];
        var weights = ClassWeights.Balanced([.. counts.SelectMany((count, label) => Enumerable.Repeat(label, count))], 4);
        Assert.All(counts.Zip(weights), pair => Assert.Equal(433 / 4.0, pair.First * pair.Second, 433 / 4.0 * 1e-7));  // a float's precision
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(2)]
    public void A_label_that_is_no_class_is_named(int label) => Assert.StartsWith(
        $"Label 1 is {label}; expected 0 to 1.",
        Assert.Throws<ArgumentException>(() => ClassWeights.Balanced([0, label], 2)).Message,
        StringComparison.Ordinal);

    [Fact]
    public void No_labels_have_no_weights()
    {
        Assert.Throws<ArgumentException>(() => ClassWeights.Balanced([], 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => ClassWeights.Balanced([0], 0));
    }
}
