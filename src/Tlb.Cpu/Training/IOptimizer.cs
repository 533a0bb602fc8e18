namespace Tlb.Cpu;

/// <summary>Makes steps of gradients.</summary>
internal interface IOptimizer
{
    /// <summary>The mean of the gradients; for Muon's matrices their momentum.</summary>
    float[] Mean { get; }

    /// <summary>The mean of the squared gradients; for Muon's matrices without use.</summary>
    float[] Variance { get; }

    /// <summary>The steps done.</summary>
    long StepCount { get; set; }

    /// <summary>Updates the weights.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="gradient">The gradient of the loss.</param>
    /// <param name="learningRate">The learning rate.</param>
    void Step(float[] weights, float[] gradient, float learningRate);
}
