namespace Tlb.Cpu;

/// <summary>Computes losses and gradients of a few images at a time, with working memory of its own. Used by one thread at a time.</summary>
internal unsafe interface ITileTrainer : IDisposable
{
    /// <summary>Computes some images of a batch.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="first">The place in it of the first.</param>
    /// <param name="count">The images, at most as many as there are lanes.</param>
    /// <param name="dropout">The dropouts of this step.</param>
    /// <param name="gradients">The gradients of the mean loss of the batch by all folded weights: added to.</param>
    /// <returns>The metrics of these images.</returns>
    BatchMetrics Run(ImageBatch batch, int first, int count, StepDropout dropout, float* gradients);
}
