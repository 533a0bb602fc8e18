namespace Tlb.Core;

/// <summary>A network in training: its weights, the optimizer's state and the random numbers of dropout. Used by one thread at a time.</summary>
internal interface ITrainingSession : IDisposable
{
    /// <summary>The precision it trains in; not <see cref="Precision.Auto"/>.</summary>
    Precision Precision { get; }

    /// <summary>Computes the loss of a batch (the mean over its images, each times its weight) and its gradients, and updates the weights.</summary>
    /// <param name="batch">The images, their classes, weights and augmentations, of any size: they are resized to the network's.</param>
    /// <param name="learningRate">The learning rate of this step, 0 or more.</param>
    /// <exception cref="ArgumentException">The batch is empty, or an image's class is not one of the network's.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The learning rate is negative or no finite number.</exception>
    /// <exception cref="ObjectDisposedException">The session is disposed. All members throw this then.</exception>
    void RunStep(ImageBatch batch, float learningRate);

    /// <summary>The images of a batch that this process computes: all, unless <see cref="SessionOptions.Ranks"/> share it. It needs the pixels of these, and of those that are mixed into them.</summary>
    /// <param name="imageCount">The images of the batch.</param>
    Range ShareOf(int imageCount) => ..imageCount;

    /// <summary>
    /// The metrics of the steps since <see cref="ResetMetrics"/>, measured in training (with dropout, and weights that change from step to
    /// step). Reading them waits for the device.
    /// </summary>
    BatchMetrics ReadMetrics();

    /// <summary>Begins to measure anew.</summary>
    void ResetMetrics();

    /// <summary>
    /// Scores images with the weights as they are, or their moving average where there is one, without dropout and without changing anything.
    /// </summary>
    /// <param name="batch">The images; their augmentations are left out.</param>
    /// <param name="probabilities">Receives the probability of each class, [batch.Count, classes].</param>
    /// <exception cref="ArgumentException"><paramref name="probabilities"/> is not batch.Count x classes long.</exception>
    void Score(ImageBatch batch, Span<float> probabilities);

    /// <summary>Copies the weights as they are now, or their moving average where there is one.</summary>
    /// <param name="weights">Receives them; must be of the same network.</param>
    /// <exception cref="ArgumentException"><paramref name="weights"/> is of another network.</exception>
    void CopyWeightsTo(NetworkWeights weights);

    /// <summary>Copies all that the session remembers.</summary>
    /// <param name="memory">What it remembered before, whose arrays are written to; null for new ones.</param>
    SessionState SaveState(SessionState? memory = null);

    /// <summary>Goes on from where another session with the same options was.</summary>
    /// <param name="state">What that session remembered; it is copied.</param>
    /// <exception cref="ArgumentException">The state is of another network or of other options.</exception>
    void RestoreState(SessionState state);
}
