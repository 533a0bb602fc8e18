namespace Tlb.Cpu.Tests;

public sealed unsafe class AttentionKernelTests
{
    /// <summary>The sizes, and how heads read: all of them the same keys, which are values too; each their own; or the one head keys that are values.</summary>
    private static readonly (int Queries, int Keys, int Heads, int Width, Reads Reads)[] Sizes =
    [
        (1, 1, 1, 1, Reads.Shared), (3, 3, 1, 12, Reads.Shared), (2, 4, 3, 5, Reads.Shared), (1, 9, 2, 7, Reads.Shared), (8, 8, 1, 20, Reads.Shared),
        (1, 1, 1, 1, Reads.Split), (3, 5, 2, 4, Reads.Split), (2, 4, 3, 5, Reads.Split), (5, 3, 1, 7, Reads.Split), (1, 9, 1, 6, Reads.Alone),
    ];

    private enum Reads
    {
        Shared,
        Split,
        Alone,
    }

    private static readonly float[] Rates = [0, 0.3f];

    public static TheoryData<string> Widths => KernelSet.Names;

    [Theory]
    [MemberData(nameof(Widths))]
    public void Forward_reads_what_the_softmax_weighs(string width)
    {
        var kernels = KernelSet.Of(width);
        foreach (var (rate, size) in Rates.SelectMany(rate => Sizes.Select(size => (rate, size))))
        {
            using var memory = new TestMemory(size.Keys);
            var shape = Shape(kernels, size);
            var a = new Arrays(memory, shape, size.Reads, kernels, rate);
            kernels.Attention(shape, a.Probes, a.Keys, a.Values, a.Probabilities, a.Read, a.Mask, memory.Allocate(size.Keys * kernels.Lanes));
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
        foreach (var size in Sizes)
        {
            using var memory = new TestMemory(size.Keys);
            var lanes = kernels.Lanes;
            var shape = Shape(kernels, size);
            var a = new Arrays(memory, shape, size.Reads, kernels, rate: 0);
            kernels.AttentionToTokens(shape, a.Probes, InLanes(a.Keys), InLanes(a.Values), a.Probabilities, a.Read);
            for (var lane = 0; lane < lanes; lane++)
                Check(shape, a, lanes, lane, contextLane: 0);

            float* InLanes(float* context)
            {
                var tokens = memory.Allocate((shape.Keys + lanes - 1) / lanes * shape.ContextStride);
                for (var k = 0; k < shape.Keys; k++)
                    for (var f = 0; f < a.Features; f++)
                    {
                        var value = context[k * shape.ContextStride + f * lanes];   // lane 0's
                        tokens[k / lanes * shape.ContextStride + f * lanes + k % lanes] = value;
                    }
                return tokens;
            }
        }
    }

    /// <summary>Against differences of the formula in double precision.</summary>
    [Theory]
    [MemberData(nameof(Widths))]
    public void Backward_gives_the_slopes_of_forward(string width)
    {
        var kernels = KernelSet.Of(width);
        var lanes = kernels.Lanes;
        foreach (var (rate, size) in Rates.SelectMany(rate => Sizes.Where(size => size.Width < 20).Select(size => (rate, size))))
        {
            var (queries, keys, heads, d, reads) = size;
            using var memory = new TestMemory(keys);
            var shape = Shape(kernels, size);
            var a = new Arrays(memory, shape, reads, kernels, rate);
            var readGradient = memory.RandomColumns(queries, ReadWidth(shape) * lanes, shape.ReadStride);
            var probeGradient = memory.Allocate(queries * shape.ProbeStride);
            var keyGradient = memory.RandomColumns(keys, a.Features * lanes, shape.ContextStride);
            var valueGradient = reads == Reads.Split ? memory.RandomColumns(keys, a.Features * lanes, shape.ContextStride) : keyGradient;
            float* keysBefore = memory.Copy(keyGradient, keys * shape.ContextStride), valuesBefore = memory.Copy(valueGradient, keys * shape.ContextStride);
            kernels.Attention(shape, a.Probes, a.Keys, a.Values, a.Probabilities, a.Read, a.Mask, memory.Allocate(keys * lanes));
            kernels.AttentionBackward(
                shape, a.Probes, a.Keys, a.Values, a.Probabilities, readGradient, a.Mask, memory.Allocate(queries * heads * keys * lanes),
                probeGradient, keyGradient, valueGradient);
            for (var lane = 0; lane < lanes; lane += 3)
            {
                double[] probes = a.ProbesOf(lane), keysOf = a.KeysOf(lane), valuesOf = reads == Reads.Split ? a.ValuesOf(lane) : keysOf;
                var weights = Values(readGradient, queries, ReadWidth(shape), shape.ReadStride, lanes, lane);
                var mask = a.MaskOf(lane);
                double Loss(double[] _) => Plain(shape, probes, keysOf, valuesOf, mask).Read.Zip(weights, (r, g) => r * g).Sum();

                for (var i = 0; i < probes.Length; i++)
                    Compare(Slope.Of(probes, i, Loss), probeGradient[i / (heads * d) * shape.ProbeStride + i % (heads * d) * lanes + lane], "probe");
                for (var i = 0; i < keysOf.Length; i++)
                {
                    var at = i / a.Features * shape.ContextStride + i % a.Features * lanes + lane;
                    Compare(Slope.Of(keysOf, i, Loss), keyGradient[at] - (double)keysBefore[at], "key");
                    Compare(Slope.Of(valuesOf, i, Loss), valueGradient[at] - (double)valuesBefore[at], "value");
                }
            }

            // A key's gradient is a sum over queries, heads and, in each score's gradient, keys and features, of products below 10.
            void Compare(double slope, double gradient, string what) => Assert.True(
                Math.Abs(slope - gradient) <= Slope.Error + (queries * heads * keys + d + 8) * Sum.Rounding * 10,
                $"{what}, {shape}: slope {slope}, gradient {gradient}");
        }
    }

    private static AttentionShape Shape(KernelSet kernels, (int Queries, int Keys, int Heads, int Width, Reads Reads) size) => new(
        size.Queries, size.Keys, size.Heads, size.Width, size.Reads == Reads.Shared,
        (size.Heads * size.Width + 1) * kernels.Lanes, (size.Heads * size.Width + 2) * kernels.Lanes, (size.Heads * size.Width + size.Heads + 3) * kernels.Lanes);

    /// <summary>The numbers that a query reads.</summary>
    private static int ReadWidth(AttentionShape shape) => shape.Heads * shape.Width + (shape.SharesKeys ? shape.Heads : 0);

    private static void Check(AttentionShape shape, Arrays a, int lanes, int lane, int contextLane)
    {
        var (keys, d) = (shape.Keys, shape.Width);
        var (probabilities, read) = Plain(shape, a.ProbesOf(lane), a.KeysOf(contextLane), a.ValuesOf(contextLane), a.MaskOf(lane));
        // A score is a sum of d products of numbers up to 1; its error comes out of the exponential as a relative one.
        var bound = ((d + 1) * d + keys + 8) * Sum.Rounding;
        for (var i = 0; i < probabilities.Length; i++)
            Assert.True(Math.Abs(probabilities[i] - a.Probabilities[i * lanes + lane]) <= bound * probabilities[i], $"{shape}: probability {probabilities[i]}, got {a.Probabilities[i * lanes + lane]}");
        var width = ReadWidth(shape);
        for (var i = 0; i < read.Length; i++)
        {
            var actual = a.Read[i / width * shape.ReadStride + i % width * lanes + lane];
            Assert.True(Math.Abs(read[i] - actual) <= (bound + keys * Sum.Rounding) / 0.7, $"{shape}: read {read[i]}, got {actual}");   // 0.7: what is kept is scaled
        }
    }

    /// <summary>softmax(probes x keys), masked, times values; where keys are shared then the sum of the masked probabilities of each head.</summary>
    private static (double[] Probabilities, double[] Read) Plain(AttentionShape shape, double[] probes, double[] keyValues, double[] values, double[] mask)
    {
        var (queries, keys, heads, d) = (shape.Queries, shape.Keys, shape.Heads, shape.Width);
        var features = keyValues.Length / keys;
        double[] probabilities = new double[queries * heads * keys], read = new double[queries * ReadWidth(shape)];
        for (var q = 0; q < queries; q++)
            for (var h = 0; h < heads; h++)
            {
                var row = probabilities.AsSpan((q * heads + h) * keys, keys);
                var first = shape.SharesKeys ? 0 : h * d;
                double sum = 0;
                for (var k = 0; k < keys; k++)
                {
                    double score = 0;
                    for (var f = 0; f < d; f++)
                        score += probes[(q * heads + h) * d + f] * keyValues[k * features + first + f];
                    sum += row[k] = Math.Exp(score);
                }
                var result = read.AsSpan(q * ReadWidth(shape));
                for (var k = 0; k < keys; k++)
                {
                    row[k] /= sum;
                    var kept = row[k] * mask[(q * heads + h) * keys + k];
                    for (var f = 0; f < d; f++)
                        result[h * d + f] += kept * values[k * features + first + f];
                    if (shape.SharesKeys)
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

    private sealed class Arrays
    {
        private readonly AttentionShape _shape;
        private readonly int _lanes;
        private readonly float[] _mask;

        public Arrays(TestMemory memory, AttentionShape shape, Reads reads, KernelSet kernels, float rate)
        {
            (_shape, _lanes) = (shape, kernels.Lanes);
            var probabilities = shape.Queries * shape.Heads * shape.Keys;
            Features = shape.SharesKeys ? shape.Width : shape.Heads * shape.Width;
            Mask = new(rate, 7, 64, 16);
            _mask = rate == 0 ? [.. Enumerable.Repeat(1f, probabilities * _lanes)] : kernels.Mask(Mask, probabilities);
            Probes = memory.RandomColumns(shape.Queries, shape.Heads * shape.Width * _lanes, shape.ProbeStride);
            Keys = memory.RandomColumns(shape.Keys, Features * _lanes, shape.ContextStride);
            Values = reads == Reads.Split ? memory.RandomColumns(shape.Keys, Features * _lanes, shape.ContextStride) : Keys;
            Probabilities = memory.Allocate(probabilities * _lanes);
            Read = memory.Allocate(shape.Queries * shape.ReadStride);
        }

        /// <summary>Of a key or value.</summary>
        public int Features { get; }

        public DropoutMask Mask { get; }

        public float* Probes { get; }

        public float* Keys { get; }

        public float* Values { get; }

        public float* Probabilities { get; }

        public float* Read { get; }

        public double[] ProbesOf(int lane) => Of(Probes, _shape.Queries, _shape.Heads * _shape.Width, _shape.ProbeStride, lane);

        public double[] KeysOf(int lane) => Of(Keys, _shape.Keys, Features, _shape.ContextStride, lane);

        public double[] ValuesOf(int lane) => Of(Values, _shape.Keys, Features, _shape.ContextStride, lane);

        public double[] MaskOf(int lane) => [.. _mask.Where((_, i) => i % _lanes == lane).Select(value => (double)value)];

        private double[] Of(float* from, int columns, int count, int stride, int lane) => AttentionKernelTests.Values(from, columns, count, stride, _lanes, lane);
    }
}
