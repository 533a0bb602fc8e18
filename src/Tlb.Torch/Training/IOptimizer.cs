using TorchSharp;
using static TorchSharp.torch;

namespace Tlb.Torch;

/// <summary>Makes steps of gradients. One tensor holds all weights.</summary>
internal interface IOptimizer : IDisposable
{
    /// <summary>The mean of the gradients, [P]; for Muon's matrices their momentum.</summary>
    Tensor Mean { get; }

    /// <summary>The mean of the squared gradients, [P]; for Muon's matrices without use.</summary>
    Tensor Variance { get; }

    /// <summary>The steps done, float64, []: on the device, which decides whether a step counts.</summary>
    Tensor Steps { get; }

    /// <summary>Updates the weights.</summary>
    /// <param name="gradient">The gradient of the loss, [P].</param>
    /// <param name="learningRate">The learning rate.</param>
    /// <param name="isFinite">Whether the gradient can be used, []: if not, the step changes nothing and does not count. Null where that is not asked.</param>
    void Step(Tensor gradient, float learningRate, Tensor? isFinite = null);
}
