using Tlb.Tests;
using TorchSharp;
using static TorchSharp.torch;

namespace Tlb.Torch.Tests;

public sealed class CrossEntropyTests
{
    [Fact]
    public void Loss_and_gradients_are_Kerass()
    {
        using var scope = NewDisposeScope();
        var golden = Golden.Read("loss");
        var logits = TestDevice.Of(golden.Values("in.logits")).view(8, 10).requires_grad_();
        var labels = golden.Tensors["in.labels"].Values<long>();
        var batch = new ImageBatch(new() { Height = 1, Width = 1 }, labels.Length);
        foreach (var label in labels)
            batch.Add((int)label);
        var targets = CrossEntropy.Targets(batch, 10, smoothing: 0, TestDevice.Device);    // [8, 10]
        var probabilities = logits.softmax(1);
        var losses = CrossEntropy.PerImage(probabilities, targets);
        Close.Absolute(golden.Values("out.probs"), probabilities.ToArray<float>(), 1e-6, "probabilities");
        Close.Relative(golden.Values("out.per_sample"), losses.ToArray<float>(), 1e-6, "losses");
        Close.Relative(golden.Values("out.mean"), [losses.mean().item<float>()], 1e-6, "mean");
        losses.mean().backward();
        Close.Relative(golden.Values("g.logits"), logits.grad!.ToArray<float>(), 2e-6, "gradient of logits");

        var leaf = TestDevice.Of(golden.Values("out.probs")).view(8, 10).requires_grad_();
        CrossEntropy.PerImage(leaf, targets).mean().backward();
        Close.Relative(golden.Values("g.probs"), leaf.grad!.ToArray<float>(), 2e-6, "gradient of probabilities");
    }
}
