namespace Tlb.Cpu.Tests;

public sealed unsafe class VectorsTests
{
    public static TheoryData<string> Widths => KernelSet.Names;

    [Theory]
    [MemberData(nameof(Widths))]
    public void Transpose_turns_features_of_lanes_into_lanes_of_features(string width)
    {
        var lanes = KernelSet.Of(width).Lanes;
        foreach (var features in new[] { 1, 4, 7, 36 })
        {
            using var memory = new TestMemory(features);
            var filled = (features + 3) / 4 * 4;
            float* source = memory.Random(filled * lanes), target = memory.Allocate(lanes * (filled + 4));
            Transpose.Column(source, features, lanes, target, filled + 4);
            for (var f = 0; f < features; f++)
                for (var lane = 0; lane < lanes; lane++)
                    Assert.Equal(source[f * lanes + lane], target[lane * (filled + 4) + f]);
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Masked_sums_and_copies_use_the_mask(string width)
    {
        const int Features = 5, Element = 3;
        var kernels = KernelSet.Of(width);
        using var memory = new TestMemory(1);
        var mask = new DropoutMask(0.4f, 5, 32, 16);
        var factors = kernels.Mask(mask, Element + Features)[(Element * kernels.Lanes)..];
        float* source = memory.Random(Features * kernels.Lanes), sum = memory.Random(Features * kernels.Lanes);
        float* before = memory.Copy(sum, Features * kernels.Lanes), copy = memory.Allocate(Features * kernels.Lanes);
        kernels.AddMasked(source, sum, Features, mask, Element);
        kernels.CopyMasked(source, copy, Features, mask, Element);
        Assert.Contains(0f, factors);
        for (var i = 0; i < factors.Length; i++)
        {
            Assert.Equal(source[i] * factors[i], copy[i]);
            Assert.Equal(before[i] + source[i] * (double)factors[i], sum[i], 2 * Sum.Rounding * 3);   // a product and a sum below 3
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Sums_run_over_lanes(string width)
    {
        const int Features = 5;
        var kernels = KernelSet.Of(width);
        using var memory = new TestMemory(1);
        float* source = memory.Random(Features * kernels.Lanes), scale = memory.Random(Features * kernels.Lanes);
        foreach (var isScaled in new[] { false, true })
        {
            var target = memory.Random(Features);
            var before = memory.Copy(target, Features);
            kernels.AddSums(source, isScaled ? scale : null, target, Features);
            for (var f = 0; f < Features; f++)
            {
                var sum = new Sum(before[f]);
                for (var lane = 0; lane < kernels.Lanes; lane++)
                    sum.Add(source[f * kernels.Lanes + lane] * (isScaled ? scale[f * kernels.Lanes + lane] : 1.0));
                sum.Check(target[f], $"feature {f}");
            }
        }
    }
}
