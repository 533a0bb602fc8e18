namespace Tlb.Core.Tests;

public sealed class StratifiedSplitTests
{
    [Fact]
    public void Holds_for_sets_of_every_kind()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var classes = random.Next(1, 8);
            var labels = Enumerable.Range(0, random.Next(0, 120)).Select(_ => (int)(classes * Math.Pow(random.NextDouble(), 3))).ToArray();
            var fraction = 0.01 + 0.98 * random.NextDouble();

            var (training, validation) = StratifiedSplit.Split(labels, fraction, seed);

            Assert.Equal(Enumerable.Range(0, labels.Length), training.Concat(validation).Order());
            Assert.Equal(training.Order(), training);
            Assert.Equal(validation.Order(), validation);
            foreach (var (label, count) in labels.CountBy(label => label))
            {
                var heldOut = validation.Count(index => labels[index] == label);
                Assert.InRange(heldOut, 0, count - 1);
                if (heldOut < count - 1)
                    Assert.InRange(heldOut - count * fraction, -0.5, 0.5);
            }
        }
    }

    [Theory]
    [InlineData(10, 0.1, 1)]
    [InlineData(4, 0.1, 0)]
    [InlineData(5, 0.1, 1)]                                                  // 0.5: halves up
    [InlineData(1, 0.9, 0)]
    [InlineData(2, 0.9, 1)]                                                  // one stays for training
    [InlineData(100, 0.333, 33)]
    public void Each_class_gives_its_rounded_share(int count, double fraction, int expected)
    {
        int[] labels = [.. Enumerable.Repeat(7, count), .. Enumerable.Repeat(3, 1000)];
        var (_, validation) = StratifiedSplit.Split(labels, fraction, seed: 1);
        Assert.Equal(expected, validation.Count(index => labels[index] == 7));
    }

    [Fact]
    public void The_split_follows_the_seed_and_is_random_in_each_class()
    {
        int[] labels = [.. Enumerable.Range(0, 200).Select(i => i / 100)];
        var first = StratifiedSplit.Split(labels, 0.2, seed: 1);
        Assert.Equal(first.Training, StratifiedSplit.Split(labels, 0.2, seed: 1).Training);
        Assert.Equal(first.Validation, StratifiedSplit.Split(labels, 0.2, seed: 1).Validation);
        var second = StratifiedSplit.Split(labels, 0.2, seed: 2);
        Assert.NotEqual(first.Validation[..20], second.Validation[..20]);
        Assert.NotEqual(first.Validation[20..], second.Validation[20..]);
        // Any image of a class may be held out: over 200 seeds each of 100 images is left out of all 20 % by chance 100 x 0.8^200 < 1e-17.
        var seen = Enumerable.Range(0, 200).SelectMany(seed => StratifiedSplit.Split(labels, 0.2, seed).Validation).ToHashSet();
        Assert.Equal(200, seen.Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(double.NaN)]
    public void A_share_outside_0_to_1_is_refused(double fraction) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => StratifiedSplit.Split([0, 1], fraction, seed: 1));
}
