namespace Tlb.Cpu.Tests;

public sealed unsafe class AttentionKernelTests
{
    private static readonly (int Queries, int Keys, int Heads, int Dimension)[] Sizes = [(1, 1, 1, 1), (3, 3, 1, 12), (2, 4, 3, 5), (1, 9, 2, 7), (8, 8, 1, 20)];

    private static readonly float[] Rates = [0, 0.3f];

    public static TheoryData<string> Widths => KernelSet.Names;

    [Theory]
    [MemberData(nameof(Widths))]
    public void Forward_reads_what_the_softmax_weighs(string width)
    {
        var kernels = KernelSet.Of(width);
        foreach (var (rate, (queries, keys, heads, d)) in Rates.SelectMany(rate => Sizes.Select(size => (rate, size))))
        {
            using var memory = new TestMemory(keys);
            var shape = Shape(kernels, queries, keys, heads, d);
            var a = new Arrays(memory, shape, kernels, rate);
            kernels.Attention(shape, a.Probes, a.Context, a.Probabilities, a.Read, a.Mask);
            for (var lane = 0; lane < kernels.Lanes; lane++)
                Check(shape, a, kernels.Lanes, lane, lane);
        }
    }

    /// <summary>One image: every lane is a query of its own, and all read from the same tokens.</summary>
    [Theory]
    [MemberData(nameof(Widths))]
    public void Forward_reads_from_tokens_in_lanes(string width)
    {
        var kernels = KernelSet.Of(width);
        foreach (var (queries, keys, heads, d) in Sizes)
        {
            using var memory = new TestMemory(keys);
            var lanes = kernels.Lanes;
            var shape = Shape(kernels, queries, keys, heads, d);
            var a = new Arrays(memory, shape, kernels, rate: 0);
            var tokens = memory.Allocate((keys + lanes - 1) / lanes * shape.ContextStride);
            for (var k = 0; k < keys; k++)
                for (var f = 0; f < d; f++)
                {
                    var value = a.Context[k * shape.ContextStride + f * lanes];   // lane 0's
                    tokens[k / lanes * shape.ContextStride + f * lanes + k % lanes] = value;
                }
            kernels.AttentionToTokens(shape, a.Probes, tokens, a.Probabilities, a.Read);
            for (var lane = 0; lane < lanes; lane++)
                Check(shape, a, lanes, lane, contextLane: 0);
        }
    }

    /// <summary>Against differences of the formula in double precision.</summary>
    [Theory]
    [MemberData(nameof(Widths))]
    public void Backward_gives_the_slopes_of_forward(string width)
    {
        var kernels = KernelSet.Of(width);
        var lanes = kernels.Lanes;
        foreach (var (rate, (queries, keys, heads, d)) in Rates.SelectMany(rate => Sizes[..^1].Select(size => (rate, size))))
        {
            using var memory = new TestMemory(keys);
            var shape = Shape(kernels, queries, keys, heads, d);
            var a = new Arrays(memory, shape, kernels, rate);
            var readGradient = memory.RandomColumns(queries, (heads * d + heads) * lanes, shape.ReadStride);
            var probeGradient = memory.Allocate(queries * shape.ProbeStride);
            var contextGradient = memory.RandomColumns(keys, d * lanes, shape.ContextStride);
            var before = memory.Copy(contextGradient, keys * shape.ContextStride);
            kernels.Attention(shape, a.Probes, a.Context, a.Probabilities, a.Read, a.Mask);
            kernels.AttentionBackward(shape, a.Probes, a.Context, a.Probabilities, readGradient, a.Mask, probeGradient, contextGradient);
            for (var lane = 0; lane < lanes; lane += 3)
            {
                var (probes, context) = (a.ProbesOf(lane), a.ContextOf(lane));
                var weights = Values(readGradient, queries, heads * d + heads, shape.ReadStride, lanes, lane);
                var mask = a.MaskOf(lane);
                double Loss(double[] _) => Plain(shape, probes, context, mask).Read.Zip(weights, (r, g) => r * g).Sum();

                for (var i = 0; i < probes.Length; i++)
                    Compare(Slope.Of(probes, i, Loss), probeGradient[i / (heads * d) * shape.ProbeStride + i % (heads * d) * lanes + lane], "probe");
                for (var i = 0; i < context.Length; i++)
                {
                    var at = i / d * shape.ContextStride + i % d * lanes + lane;
                    Compare(Slope.Of(context, i, Loss), contextGradient[at] - (double)before[at], "context");
                }
            }

            // A context's gradient is a sum over queries, heads and, in each score's gradient, keys and features, of products below 10.
            void Compare(double slope, double gradient, string what) => Assert.True(
                Math.Abs(slope - gradient) <= Slope.Error + (queries * heads * keys + d + 8) * Sum.Rounding * 10,
                $"{what}, {shape}: slope {slope}, gradient {gradient}");
        }
    }

    private static AttentionShape Shape(KernelSet kernels, int queries, int keys, int heads, int d) =>
        new(queries, keys, heads, d, (heads * d + 1) * kernels.Lanes, (d + 2) * kernels.Lanes, (heads * d + heads + 3) * kernels.Lanes);

    private static void Check(AttentionShape shape, Arrays a, int lanes, int lane, int contextLane)
    {
        var (queries, keys, heads, d) = (shape.Queries, shape.Keys, shape.Heads, shape.Dimension);
        var (probabilities, read) = Plain(shape, a.ProbesOf(lane), a.ContextOf(contextLane), a.MaskOf(lane));
        // A score is a sum of d products of numbers up to 1; its error comes out of the exponential as a relative one.
        var bound = ((d + 1) * d + keys + 8) * Sum.Rounding;
        for (var i = 0; i < probabilities.Length; i++)
            Assert.True(Math.Abs(probabilities[i] - a.Probabilities[i * lanes + lane]) <= bound * probabilities[i], $"{shape}: probability {probabilities[i]}, got {a.Probabilities[i * lanes + lane]}");
        var width = heads * d + heads;
        for (var i = 0; i < read.Length; i++)
        {
            var actual = a.Read[i / width * shape.ReadStride + i % width * lanes + lane];
            Assert.True(Math.Abs(read[i] - actual) <= (bound + keys * Sum.Rounding) / 0.7, $"{shape}: read {read[i]}, got {actual}");   // 0.7: what is kept is scaled
        }
    }

    /// <summary>softmax(probes x context), masked, times context; then the sum of the masked probabilities of each head.</summary>
    private static (double[] Probabilities, double[] Read) Plain(AttentionShape shape, double[] probes, double[] context, double[] mask)
    {
        var (queries, keys, heads, d) = (shape.Queries, shape.Keys, shape.Heads, shape.Dimension);
        double[] probabilities = new double[queries * heads * keys], read = new double[queries * (heads * d + heads)];
        for (var q = 0; q < queries; q++)
            for (var h = 0; h < heads; h++)
            {
                var row = probabilities.AsSpan((q * heads + h) * keys, keys);
                double sum = 0;
                for (var k = 0; k < keys; k++)
                {
                    double score = 0;
                    for (var f = 0; f < d; f++)
                        score += probes[(q * heads + h) * d + f] * context[k * d + f];
                    sum += row[k] = Math.Exp(score);
                }
                var result = read.AsSpan(q * (heads * d + heads));
                for (var k = 0; k < keys; k++)
                {
                    row[k] /= sum;
                    var kept = row[k] * mask[(q * heads + h) * keys + k];
                    for (var f = 0; f < d; f++)
                        result[h * d + f] += kept * context[k * d + f];
                    result[heads * d + h] += kept;
                }
            }
        return (probabilities, read);
    }

    private static double[] Values(float* from, int columns, int count, int stride, int lanes, int lane)
    {
        var values = new double[columns * count];
        for (var i = 0; i < values.Length; i++)
            values[i] = from[i / count * stride + i % count * lanes + lane];
        return values;
    }

    private sealed class Arrays(TestMemory memory, AttentionShape shape, KernelSet kernels, float rate)
    {
        private readonly int _lanes = kernels.Lanes;
        private readonly float[] _mask = rate == 0
            ? [.. Enumerable.Repeat(1f, shape.Queries * shape.Heads * shape.Keys * kernels.Lanes)]
            : kernels.Mask(new(rate, 7, 64, 16), shape.Queries * shape.Heads * shape.Keys);

        public DropoutMask Mask { get; } = new(rate, 7, 64, 16);

        public float* Probes { get; } = memory.RandomColumns(shape.Queries, shape.Heads * shape.Dimension * kernels.Lanes, shape.ProbeStride);

        public float* Context { get; } = memory.RandomColumns(shape.Keys, shape.Dimension * kernels.Lanes, shape.ContextStride);

        public float* Probabilities { get; } = memory.Allocate(shape.Queries * shape.Heads * shape.Keys * kernels.Lanes);

        public float* Read { get; } = memory.Allocate(shape.Queries * shape.ReadStride);

        public double[] ProbesOf(int lane) => Values(Probes, shape.Queries, shape.Heads * shape.Dimension, shape.ProbeStride, _lanes, lane);

        public double[] ContextOf(int lane) => Values(Context, shape.Keys, shape.Dimension, shape.ContextStride, _lanes, lane);

        public double[] MaskOf(int lane) => [.. _mask.Where((_, i) => i % _lanes == lane).Select(value => (double)value)];
    }
}
