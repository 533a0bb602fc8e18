using System.Runtime.InteropServices;
using Tlb.Tests;

namespace Tlb.Cpu.Tests;

public sealed class CpuScorerTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("b")]
    public void Probabilities_are_Kerass(string name)
    {
        var (config, golden) = (Golden.Config(name), Golden.Read($"golden_{name}"));
        using var scorer = new CpuEngine().CreateScorer(golden.Weights(config, "w."));
        var expected = golden.Values("out.probs");
        var images = golden.Values("in.images");
        var layout = new ImageLayout { Height = config.ImageSize, Width = config.ImageSize, PixelType = PixelType.Single, Scale = 1 };
        var count = images.Length / layout.ValueCount;

        var all = new ImageBatch(layout, count);
        for (var i = 0; i < count; i++)
            MemoryMarshal.AsBytes(images.AsSpan(i * layout.ValueCount, layout.ValueCount)).CopyTo(all.Add());
        var actual = new float[expected.Length];
        scorer.Score(all, actual);
        Close.Absolute(expected, actual, 1e-6, "many");

        for (var i = 0; i < count; i++)
        {
            var one = new ImageBatch(layout, 1);
            MemoryMarshal.AsBytes(images.AsSpan(i * layout.ValueCount, layout.ValueCount)).CopyTo(one.Add());
            scorer.Score(one, actual.AsSpan(i * 10, 10));
        }
        Close.Absolute(expected, actual, 1e-6, "one at a time");
    }
}
