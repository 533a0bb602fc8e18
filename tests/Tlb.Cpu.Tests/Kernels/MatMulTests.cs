using System.Runtime.Intrinsics.X86;

namespace Tlb.Cpu.Tests;

public sealed unsafe class MatMulTests
{
    /// <summary>Sizes that fill panels and registers, and sizes that don't.</summary>
    private static readonly (int Inputs, int Outputs)[] Sizes = [(1, 1), (7, 8), (12, 13), (36, 101), (5, 160)];

    public static TheoryData<string> Widths => KernelSet.Names;

    [Theory]
    [MemberData(nameof(Widths))]
    public void Forward_is_matrix_times_columns_and_bias(string width)
    {
        var kernels = KernelSet.Of(width);
        foreach (var (inputs, outputs) in Sizes)
            foreach (var columns in new[] { 1, 2, 3, 5 })
                foreach (var add in new[] { false, true })
                {
                    using var memory = new TestMemory(inputs + columns);
                    float[] matrix = memory.Values(inputs * outputs), bias = memory.Values(outputs);
                    using var layer = new Linear(inputs, outputs, null);
                    layer.Set(matrix, bias);
                    var lanes = kernels.Lanes;
                    int xStride = (inputs + 1) * lanes, padded = PackedMatrix.Pad(outputs), yStride = (padded + 1) * lanes;
                    var x = memory.RandomColumns(columns, inputs * lanes, xStride);
                    var y = memory.RandomColumns(columns, padded * lanes, yStride);
                    var before = memory.Copy(y, columns * yStride);
                    kernels.Linear(layer, x, xStride, y, yStride, columns, add);
                    for (var column = 0; column < columns; column++)
                    {
                        for (var output = 0; output < outputs; output++)
                            for (var lane = 0; lane < lanes; lane++)
                            {
                                var at = column * yStride + output * lanes + lane;
                                var sum = new Sum(bias[output]);
                                for (var input = 0; input < inputs; input++)
                                    sum.Add((double)matrix[input * outputs + output] * x[column * xStride + input * lanes + lane]);
                                if (add)
                                    sum.Add(before[at]);
                                sum.Check(y[at], $"{inputs} x {outputs}, add {add}, column {column}, output {output}, lane {lane}");
                            }
                        Assert.True(TestMemory.IsUntouched(y + column * yStride + padded * lanes));
                    }
                }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Backward_is_the_transposed_matrix_times_columns(string width)
    {
        var kernels = KernelSet.Of(width);
        foreach (var (inputs, outputs) in Sizes)
            foreach (var columns in new[] { 1, 2, 3 })
            {
                using var memory = new TestMemory(inputs + columns);
                var matrix = memory.Values(inputs * outputs);
                using var layer = new Linear(inputs, outputs, new());
                layer.Set(matrix, memory.Values(outputs));
                var lanes = kernels.Lanes;
                int xStride = PackedMatrix.Pad(inputs) * lanes, yStride = PackedMatrix.Pad(outputs) * lanes;
                float* gradient = memory.RandomColumns(columns, outputs * lanes, yStride), result = memory.Allocate(columns * xStride);
                kernels.LinearBackward(layer, gradient, yStride, result, xStride, columns, add: false);
                for (var column = 0; column < columns; column++)
                    for (var input = 0; input < inputs; input++)
                        for (var lane = 0; lane < lanes; lane++)
                        {
                            var sum = new Sum(0);
                            for (var output = 0; output < outputs; output++)
                                sum.Add((double)matrix[input * outputs + output] * gradient[column * yStride + output * lanes + lane]);
                            sum.Check(result[column * xStride + input * lanes + lane], $"{inputs} x {outputs}, column {column}, input {input}, lane {lane}");
                        }
            }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Weight_gradient_adds_up_inputs_times_gradients(string width)
    {
        var kernels = KernelSet.Of(width);
        foreach (var (inputs, outputs) in Sizes)
            foreach (var columns in new[] { 1, 2, 5 })
            {
                using var memory = new TestMemory(inputs + columns);
                var layout = new GradientLayout();
                layout.Add(1, 3);                                            // so that the layer does not begin at 0
                using var layer = new Linear(inputs, outputs, layout);
                layout.Add(1, 3);
                var lanes = kernels.Lanes;
                int xStride = (inputs + 1) * lanes, yStride = PackedMatrix.Pad(outputs) * lanes;
                var x = memory.RandomColumns(columns, inputs * lanes, xStride);
                var gradient = memory.RandomColumns(columns, outputs * lanes, yStride);
                var gradients = memory.Random(layout.Count);
                var before = memory.Copy(gradients, layout.Count);
                var transposed = memory.Allocate(columns * lanes * layer.MatrixGradient.Stride);
                kernels.WeightGradient(layer, x, xStride, gradient, yStride, columns, transposed, gradients);
                for (var input = -1; input < inputs; input++)                // -1: the bias, whose input is 1
                    for (var output = 0; output < outputs; output++)
                    {
                        var at = output + (input < 0 ? layer.BiasGradient.Offset : layer.MatrixGradient.Offset + input * layer.MatrixGradient.Stride);
                        var sum = new Sum(before[at]);
                        for (var column = 0; column < columns; column++)
                            for (var lane = 0; lane < lanes; lane++)
                                sum.Add((input < 0 ? 1.0 : x[column * xStride + input * lanes + lane]) * gradient[column * yStride + output * lanes + lane]);
                        sum.Check(gradients[at], $"{inputs} x {outputs}, {columns} columns, input {input}, output {output}");
                    }
                Assert.Equal(before[0], gradients[0]);
                Assert.Equal(before[layout.Count - 1], gradients[layout.Count - 1]);
            }
    }

    /// <summary>Bits, not only values: an image scored alone must get what it gets in a batch.</summary>
    [Theory]
    [MemberData(nameof(Widths))]
    public void Uniform_product_gives_the_bits_of_the_matrix_product(string width)
    {
        var kernels = KernelSet.Of(width);
        foreach (var (inputs, outputs) in Sizes)
            foreach (var add in new[] { false, true })
            {
                using var memory = new TestMemory(inputs);
                using var layer = new Linear(inputs, outputs, null);
                layer.Set(memory.Values(inputs * outputs), memory.Values(outputs));
                float* x = memory.Allocate(inputs * kernels.Lanes), y = memory.Random(PackedMatrix.Pad(outputs) * kernels.Lanes);
                var values = memory.Values(inputs);
                for (var i = 0; i < inputs * kernels.Lanes; i++)
                    x[i] = values[i / kernels.Lanes];
                var count = PackedMatrix.Pad(outputs) * kernels.Lanes;
                var expected = memory.Copy(y, count);
                kernels.Linear(layer, x, 0, expected, 0, 1, add);
                kernels.UniformMatMul(layer, x, y, add);
                Assert.Equal(new Span<float>(expected, outputs * kernels.Lanes), new Span<float>(y, outputs * kernels.Lanes));
            }
    }

    /// <summary>A feed-forward layer of eight tokens in 512-bit registers, where the machine has them, against the layer in 256-bit ones.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(12)]
    [InlineData(20)]
    [InlineData(36)]
    [InlineData(64)]
    public void Paired_feed_forward_gives_the_bits_of_the_plain_one(int d)
    {
        using var memory = new TestMemory(d);
        var config = TlbConfig.Tiny with { EmbeddingDimension = d };
        using var layer = new FoldedFeedForward(config, "pm.0.ffn", null);
        layer.Fold(TestConfigs.RandomWeights(config, 1));
        if (!PairedFeedForward.CanRun(layer))
        {
            Assert.False(Avx512F.IsSupported);                               // all of these sizes are even
            return;
        }
        var lanes = Lanes256.Count;
        int stride = PackedMatrix.Pad(d) * lanes, wideStride = PackedMatrix.Pad(4 * d) * lanes;
        float* normed = memory.RandomColumns(1, d * lanes, stride), x = memory.RandomColumns(1, d * lanes, stride);
        float* expected = memory.Copy(x, stride), wide = memory.Allocate(wideStride);
        KernelSet.Of("256 bits").FeedForward(layer, normed, stride, wide, wideStride, expected, 1);
        PairedFeedForward.Run(layer, normed, wide, x);
        Assert.Equal(new Span<float>(expected, d * lanes), new Span<float>(x, d * lanes));
    }
}
