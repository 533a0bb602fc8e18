using Tlb.Tests;
using Tlb.Torch;

namespace Tlb.Cpu.Tests;

/// <summary>Muon of both engines against the plain one.</summary>
public sealed class MuonTests
{
    private static readonly TlbConfig Example = TlbConfig.Tiny with { NumberOfHeads = 2 };

    private static readonly TlbConfig Paper = TlbConfig.Base with
    {
        ImageSize = 8, EmbeddingDimension = 12, ChunkSize = 3, NumberOfStates = 2, NumberOfHeads = 2, NumberOfLayers = 2, R = 1, ConvolutionLayers = 2, ConvolutionPairs = 1, ConvolutionChannels = 5,
    };

    public static TheoryData<string, TlbForm> Engines => new()
    {
        { "cpu", TlbForm.KerasExample }, { "cpu", TlbForm.Paper }, { "torch", TlbForm.KerasExample }, { "torch", TlbForm.Paper },
    };

    /// <summary>All matrices of a network at once, wide and tall ones, over steps in which the momentum builds up; the rest is AdamW's.</summary>
    [Theory]
    [MemberData(nameof(Engines))]
    public void Steps_are_those_of_the_plain_one(string engine, TlbForm form)
    {
        const int Steps = 3;
        const float Rate = 0.01f, Decay = 0.1f;
        var config = form == TlbForm.Paper ? Paper : Example;
        var (initial, layout) = (NetworkWeights.Initialize(config, 1), new ParameterLayout(config));
        var matrices = HiddenMatrix.Of(layout);
        using var muon = Start(engine, initial, new() { Optimizer = OptimizerKind.Muon, WeightDecay = Decay });
        using var adam = Start(engine, initial, new() { WeightDecay = Decay });
        var fresh = adam.SaveState();
        List<double[,]> expected = [.. matrices.Select(matrix => Matrix(initial.Values, matrix))];
        List<double[,]> momenta = [.. matrices.Select(matrix => new double[matrix.Rows, matrix.Columns])];
        for (var step = 0; step < Steps; step++)
        {
            var before = muon.SaveState();
            var batch = TestConfigs.RandomBatch(config, 5 + step);
            adam.RestoreState(fresh with { Weights = before.Weights, Mean = before.Mean, Variance = before.Variance, OptimizerStep = step });
            adam.RunStep(batch, Rate);
            var byAdam = adam.SaveState();
            muon.RunStep(batch, Rate);
            var actual = muon.SaveState().Weights;
            foreach (var (i, matrix) in matrices.Index())
            {
                var gradient = new double[matrix.Rows, matrix.Columns];
                for (var row = 0; row < matrix.Rows; row++)
                    for (var column = 0; column < matrix.Columns; column++)
                    {
                        var place = matrix.Offset + row * matrix.Columns + column;
                        gradient[row, column] = (byAdam.Mean[place] - 0.9 * before.Mean[place]) / 0.1; // AdamW's mean took a tenth of it
                    }
                expected[i] = PlainMuon.Step(expected[i], momenta[i], gradient, Rate, Decay);
                // Float32, of gradients that are themselves read back from a mean: 2e-6 of steps of 2e-3 was seen.
                Close.Absolute([.. expected[i].Cast<double>().Select(value => (float)value)], actual.AsSpan(matrix.Offset, matrix.Count).ToArray(), 2e-5, $"matrix {i}, step {step}");
            }
            for (var i = 0; i < actual.Length; i++)
                if (!matrices.Any(matrix => i >= matrix.Offset && i < matrix.Offset + matrix.Count))
                    Assert.Equal(byAdam.Weights[i], actual[i]);
        }
    }

    [Fact]
    public void All_kernels_but_those_of_the_read_out_are_its_matrices()
    {
        var layout = new ParameterLayout(Paper);
        var matrices = HiddenMatrix.Of(layout);
        Assert.Equal(layout.Where(parameter => parameter.IsMatrix && parameter.Name is not ("head.kernel" or "pool.score.kernel")).Select(parameter => (parameter.Offset, parameter.Count)),
            matrices.Select(matrix => (matrix.Offset, matrix.Count)));
        Assert.Equal((3 * 3 * 3, 5), Shape("tokenizer.0.kernel", layout));
        Assert.Equal((12, 24), Shape("pm.0.ffn.dense1.kernel", layout));
        Assert.Equal((8, 2 * 8), Shape("pm.0.fast.query.kernel", new(Example)));
        Assert.Equal((2 * 8, 8), Shape("pm.0.fast.output.kernel", new(Example)));

        static (int, int) Shape(string name, ParameterLayout layout)
        {
            var matrix = HiddenMatrix.Of(layout).Single(matrix => matrix.Offset == layout[name].Offset);
            return (matrix.Rows, matrix.Columns);
        }
    }

    /// <summary>Of sizes that fill registers and that do not.</summary>
    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 5)]
    [InlineData(5, 3)]
    [InlineData(16, 16)]
    [InlineData(33, 70)]
    [InlineData(70, 33)]
    public void A_matrix_is_made_orthogonal(int rows, int columns)
    {
        var random = new Random(1);
        var matrix = new double[rows, columns];
        for (var i = 0; i < rows; i++)
            for (var j = 0; j < columns; j++)
                matrix[i, j] = random.NextDouble() - 0.5;
        float[] actual = [.. matrix.Cast<double>().Select(value => (float)value)];
        var scratch = new NewtonSchulz();
        scratch.Orthogonalize(new float[100 * 90], 100, 90);                 // what is left of another matrix does not matter
        scratch.Orthogonalize(actual, rows, columns);
        Close.Absolute([.. PlainMuon.Orthogonalize(matrix).Cast<double>().Select(value => (float)value)], actual, 1e-4, "orthogonal"); // float32, 5 times over
    }

    /// <summary>What is in one direction only becomes as long in it; what is nothing stays so.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_matrix_of_low_rank_is_too(int rank)
    {
        const int Rows = 20, Columns = 33;
        var matrix = new double[Rows, Columns];
        for (var i = 0; i < Rows; i++)
            for (var j = 0; j < Columns; j++)
                matrix[i, j] = rank * Math.Sin(i + 1) * Math.Cos(3 * j);
        float[] actual = [.. matrix.Cast<double>().Select(value => (float)value)];
        new NewtonSchulz().Orthogonalize(actual, Rows, Columns);
        Close.Absolute([.. PlainMuon.Orthogonalize(matrix).Cast<double>().Select(value => (float)value)], actual, 1e-4, "orthogonal"); // float32, 5 times over
    }

    private static double[,] Matrix(float[] values, HiddenMatrix matrix)
    {
        var result = new double[matrix.Rows, matrix.Columns];
        for (var row = 0; row < matrix.Rows; row++)
            for (var column = 0; column < matrix.Columns; column++)
                result[row, column] = values[matrix.Offset + row * matrix.Columns + column];
        return result;
    }

    private static ITrainingSession Start(string engine, NetworkWeights weights, SessionOptions options) =>
        (engine == "cpu" ? (IEngine)new CpuEngine() : new TorchEngine()).StartTraining(weights, options);
}
