namespace Tlb.Core.Tests;

public sealed class TokenOrderTests
{
    private static TlbConfig Grid(int side, ChunkOrder order, int chunk) =>
        new() { Form = TlbForm.Paper, ImageSize = 4 * side, ChunkOrder = order, ChunkSize = chunk };

    [Fact]
    public void Strips_are_read_as_text() => Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7, 8], TokenOrder.Of(Grid(3, ChunkOrder.Strips, 3)));

    [Fact]
    public void Serpentine_turns_at_the_edges() => Assert.Equal([0, 1, 2, 5, 4, 3, 6, 7, 8], TokenOrder.Of(Grid(3, ChunkOrder.Serpentine, 3)));

    [Fact]
    public void Tiles_are_squares_of_a_chunk() => Assert.Equal([0, 1, 4, 5, 2, 3, 6, 7, 8, 9, 12, 13, 10, 11, 14, 15], TokenOrder.Of(Grid(4, ChunkOrder.Tiles, 4)));

    [Fact]
    public void Tiles_of_eight_are_twice_as_wide_as_high() => Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7], TokenOrder.Of(Grid(4, ChunkOrder.Tiles, 8))[..8]);

    [Theory]
    [InlineData(5, 4)]                                                       // tiles that are cut off at the edges
    [InlineData(7, 6)]
    [InlineData(3, 7)]                                                       // a prime number: tiles are strips
    public void Every_token_is_read_once(int side, int chunk)
    {
        foreach (var order in Enum.GetValues<ChunkOrder>())
            Assert.Equal(Enumerable.Range(0, side * side), TokenOrder.Of(Grid(side, order, chunk)).Order());
    }
}
