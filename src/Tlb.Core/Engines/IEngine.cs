namespace Tlb.Core;

/// <summary>What computes a network: one implementation on one device.</summary>
/// <remarks>An engine knows tensors or vector kernels, and nothing of files, cursors or training loops. It can be used from several threads at once.</remarks>
internal interface IEngine
{
    /// <summary>The engine and the device it computes on, for the log, such as "TorchSharp on cpu".</summary>
    string Description { get; }

    /// <summary>Prepares a network for scoring.</summary>
    /// <param name="weights">The weights. They are copied.</param>
    /// <param name="workMemory">The most bytes of working memory that a call may take.</param>
    /// <exception cref="InvalidOperationException">An image takes more; the message says how much. Scoring throws this too, where it is due to the size of the images.</exception>
    IScorer CreateScorer(NetworkWeights weights, long workMemory = WorkLimit.Default);

    /// <summary>Prepares a network for training.</summary>
    /// <param name="weights">The weights to start from. They are copied.</param>
    /// <param name="options">The optimizer, the loss and the seed.</param>
    /// <exception cref="InvalidOperationException">Training takes more working memory than the options allow; the message says how much.</exception>
    ITrainingSession StartTraining(NetworkWeights weights, SessionOptions options);
}
