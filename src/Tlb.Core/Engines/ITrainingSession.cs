namespace Tlb.Core;

/// <summary>A network in training: its weights, the optimizer's state and the random numbers of dropout. Used by one thread at a time.</summary>
public interface ITrainingSession : IDisposable
{
    /// <summary>Computes the mean loss of a batch and its gradients, and updates the weights.</summary>
    /// <param name="batch">The images and their classes, of any size: they are resized to the network's.</param>
    /// <param name="learningRate">The learning rate of this step, above 0.</param>
    void RunStep(ImageBatch batch, float learningRate);

    /// <summary>The figures of the steps since the last call, measured in training (with dropout, and weights that change from step to step).</summary>
    BatchMetrics TakeMetrics();

    /// <summary>Computes the figures of a batch with the weights as they are, without dropout and without changing anything.</summary>
    /// <param name="batch">The images and their classes.</param>
    BatchMetrics Evaluate(ImageBatch batch);

    /// <summary>Copies the weights as they are now.</summary>
    /// <param name="weights">Receives them; must be of the same network.</param>
    void CopyWeightsTo(NetworkWeights weights);
}
