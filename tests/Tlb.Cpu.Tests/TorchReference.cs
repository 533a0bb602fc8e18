using Tlb.Tests;
using Tlb.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Tlb.Cpu.Tests;

/// <summary>The same network in torch, which everything is held against; in double precision, so that only our own rounding shows.</summary>
internal static class TorchReference
{
    /// <summary>The probabilities of a batch, [images, classes].</summary>
    public static float[] Score(NetworkWeights weights, ImageBatch batch)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        return Forward(weights, WeightTensors.Flatten(weights, CPU).to(ScalarType.Float64), batch).to(ScalarType.Float32).data<float>().ToArray();
    }

    /// <summary>The mean loss of a batch without dropout, and its gradient by all weights.</summary>
    public static (double Loss, NetworkWeights Gradient) Gradient(NetworkWeights weights, ImageBatch batch)
    {
        using var scope = NewDisposeScope();
        var flat = WeightTensors.Flatten(weights, CPU).to(ScalarType.Float64).requires_grad_();
        var targets = Tlb.Torch.CrossEntropy.Targets(batch, weights.Config.NumberOfClasses, smoothing: 0, CPU).to(ScalarType.Float64);
        var loss = Tlb.Torch.CrossEntropy.PerImage(Forward(weights, flat, batch), targets).mean();
        loss.backward();
        var gradient = new NetworkWeights(weights.Config);
        flat.grad!.to(ScalarType.Float32).data<float>().ToArray().CopyTo(gradient.Values, 0);
        return (loss.item<double>(), gradient);
    }

    /// <summary>
    /// Fails unless gradients agree: within 1e-4 of the largest of each parameter, which is what float32 leaves of sums over images
    /// and tokens in another order; where a parameter's true gradient is zero, its rounding noise within 1e-6 of the largest of all.
    /// </summary>
    public static void CheckGradient(NetworkWeights expected, NetworkWeights actual, string what)
    {
        var floor = 1e-6 * Largest(expected.Values);
        foreach (var parameter in expected.Layout)
        {
            var values = expected[parameter.Name];
            Close.Absolute(values, actual[parameter.Name], Math.Max(floor, 1e-4 * Largest(values)), $"{what}, {parameter.Name}");
        }
    }

    /// <summary>The largest magnitude of some numbers.</summary>
    public static float Largest(ReadOnlySpan<float> values)
    {
        float largest = 0;
        foreach (var value in values)
            largest = Math.Max(largest, Math.Abs(value));
        return largest;
    }

    private static Tensor Forward(NetworkWeights weights, Tensor flat, ImageBatch batch) =>
        new TlbNetwork(weights.Config, new WeightTensors(flat, weights.Layout))
            .ForwardLogits(ImageTensors.From(batch, weights.Config.ImageSize, CPU).to(ScalarType.Float64))
            .softmax(1);                                                     // [B, classes]
}
