using Tlb.Tests;
using Tlb.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Tlb.Cpu.Tests;

/// <summary>
/// The gradients of TorchSharp's network, which go through the folding and from one state vector to all, against differences of the
/// plain reference's loss: a few weights of every parameter, for networks drawn at random.
/// </summary>
public sealed class GradientsTests
{
    private const int WeightsOfEach = 2;

    public static TheoryData<int, TlbForm> Drawn => CpuGradientsTests.Drawn;

    public static TheoryData<string> Configurations => TestConfigs.Names;

    [Theory]
    [MemberData(nameof(Drawn))]
    public void Gradients_of_the_loss_are_the_references_slopes(int draw, TlbForm form)
    {
        const int Count = 2;
        var drawn = Draw(draw, form);
        var batch = drawn.Images(Count);
        var reference = new TlbReference(drawn.Weights);
        float[][] images = [.. Enumerable.Range(0, Count).Select(i => DrawnNetwork.Values(batch, i))];
        var (loss, gradient) = TorchReference.Gradient(drawn.Weights, batch);
        Assert.Equal(Loss(), loss, 1e-12);                                   // the rounding of double precision
        Check(drawn, reference, drawn.Weights.Layout, Loss, gradient);

        TorchReference.CheckGradient(gradient, EngineGradient(drawn.Weights, batch), $"{drawn.Config}");

        double Loss() => images.Index().Average(image => reference.Loss(image.Item, batch.Labels[image.Index]));
    }

    [Theory]
    [MemberData(nameof(Configurations))]
    public void Gradients_of_the_engine_are_those_of_double_precision(string name)
    {
        var weights = TestConfigs.RandomWeights(TestConfigs.Of(name), 3);
        foreach (var batch in TestConfigs.RandomBatches(weights.Config, count: 3))
            TorchReference.CheckGradient(TorchReference.Gradient(weights, batch).Gradient, EngineGradient(weights, batch), $"{name}, {batch.Layout}");
    }

    [Theory]
    [MemberData(nameof(Drawn))]
    public void Gradients_of_steps_from_a_random_state_are_the_references_slopes(int draw, TlbForm form)
    {
        var drawn = Draw(draw, form);
        var reference = new TlbReference(drawn.Weights);
        double[,] start = drawn.States(), first = drawn.Tokens(), second = drawn.Tokens();
        double[,] ofFast = drawn.Tokens(), ofState = drawn.States();         // what the outputs are multiplied with to make a loss

        using var scope = NewDisposeScope();
        var flat = WeightTensors.Flatten(drawn.Weights, CPU).to(ScalarType.Float64).requires_grad_();
        var folded = FoldedWeights.Fold(drawn.Config, new WeightTensors(flat, drawn.Weights.Layout), ScalarType.Float64);
        var cell = new TlbCell(drawn.Config, new FoldedWeights(drawn.Config, folded, ScalarType.Float64), dropout: null);
        var (_, between, _) = cell.Forward(Tensor(first), Tensor(start));
        var (fast, state, _) = cell.Forward(Tensor(second), between);
        ((fast * Tensor(ofFast)).sum() + (state * Tensor(ofState)).sum()).backward();
        var gradient = new NetworkWeights(drawn.Config);
        flat.grad!.to(ScalarType.Float32).data<float>().ToArray().CopyTo(gradient.Values, 0);
        Check(drawn, reference, drawn.Weights.Layout.Where(parameter => parameter.Name.Split('.')[0] is "pm" or "tlb"), Loss, gradient);

        double Loss()
        {
            var last = reference.TakeStep(second, reference.TakeStep(first, start).State);
            return Product(last.Fast, ofFast) + Product(last.State, ofState);
        }

        static double Product(double[,] left, double[,] right) => left.Cast<double>().Zip(right.Cast<double>(), (a, b) => a * b).Sum();

        static Tensor Tensor(double[,] values) => tensor(values.Cast<double>().ToArray()).view(1, values.GetLength(0), values.GetLength(1));
    }

    /// <summary>The engine's own gradient, in float32: the first step's mean is a tenth of it.</summary>
    private static NetworkWeights EngineGradient(NetworkWeights weights, ImageBatch batch)
    {
        using var session = new TorchEngine(CPU).StartTraining(weights, new());
        session.RunStep(batch, learningRate: 1e-3f);
        var gradient = new NetworkWeights(weights.Config);
        foreach (var (i, mean) in session.SaveState().Mean.Index())
            gradient.Values[i] = 10 * mean;
        return gradient;
    }

    private static DrawnNetwork Draw(int draw, TlbForm form) => new(draw, form, CpuGradientsTests.Widest, CpuGradientsTests.LargestGrid);

    /// <summary>
    /// Within 1e-7 of a parameter's largest gradient, since gradients were rounded to float32 at the end; and of what differences may
    /// err by, for losses that are larger than 1 as much more.
    /// </summary>
    private static void Check(DrawnNetwork drawn, TlbReference reference, IEnumerable<ParameterSpec> parameters, Func<double> loss, NetworkWeights gradient)
    {
        var floor = Slope.Error * Math.Max(1, TorchReference.Largest(gradient.Values));
        var random = new Random(1);
        foreach (var parameter in parameters)
            for (var n = 0; n < WeightsOfEach; n++)
            {
                var i = random.Next(parameter.Count);
                var values = gradient[parameter.Name];
                var slope = Slope.Of(reference.Weight(parameter.Name), i, _ => loss());
                Assert.True(Math.Abs(slope - values[i]) <= floor + 1e-7 * TorchReference.Largest(values),
                    $"{drawn.Config}: the gradient of {parameter.Name}[{i}] is {values[i]}, the slope {slope}.");
            }
    }
}
