namespace Tlb.Core.Tests;

public sealed class NearestNameTests
{
    private static readonly string[] Names = ["Epoch", "BatchSize", "LearningRate", "WeightDecay", "R"];

    [Theory]
    [InlineData("LearningRat", "LearningRate")]                              // a letter left out
    [InlineData("BatchSizes", "BatchSize")]                                  // one too many
    [InlineData("WaightDecay", "WeightDecay")]                               // another one
    [InlineData("Eopch", "Epoch")]                                           // two swapped: one error, not two, of which Epoch would have too many
    [InlineData("learning_rate", "LearningRate")]
    [InlineData("EPOCHS", "Epoch")]
    [InlineData("r", "R")]
    public void A_slip_finds_its_name(string name, string expected) => Assert.Equal(expected, NearestName.Find(name, Names));

    [Theory]
    [InlineData("x")]
    [InlineData("")]
    [InlineData("Dropout")]
    [InlineData("Size")]
    public void What_is_far_from_all_finds_none(string name) => Assert.Null(NearestName.Find(name, Names));

    [Fact]
    public void The_nearest_wins_and_the_first_of_equals()
    {
        Assert.Equal("WarmupSteps", NearestName.Find("WarmupStep", ["WarmupEpochs", "WarmupSteps"]));
        Assert.Equal("abcd", NearestName.Find("abce", ["abcd", "abcf"]));
        Assert.Null(NearestName.Find("abc", []));
    }
}
