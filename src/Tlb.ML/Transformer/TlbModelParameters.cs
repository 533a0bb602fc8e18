namespace Tlb.ML;

/// <summary>What training made: the network, its weights, the classes' names and how images are fed to it.</summary>
public sealed class TlbModelParameters
{
    private readonly Lazy<TrainingHistory> _history;

    internal TlbModelParameters(NetworkWeights weights, ImageLayout imageLayout, ClassLabels? labels, TrainingHistory history) : this(weights, imageLayout, labels, () => history)
    {
    }

    internal TlbModelParameters(NetworkWeights weights, ImageLayout imageLayout, ClassLabels? labels, Func<TrainingHistory> readHistory) =>
        (Weights, ImageLayout, Labels, _history) = (weights, imageLayout, labels, new(readHistory));

    /// <summary>The network.</summary>
    public TlbConfig Network => Weights.Config;

    /// <summary>The weights. <see cref="NetworkWeights.Save(string)"/> writes them as a safetensors file.</summary>
    public NetworkWeights Weights { get; }

    /// <summary>The size of the images, and how their values are scaled for the network.</summary>
    public ImageLayout ImageLayout { get; }

    /// <summary>The classes' names, in the order of the scores; empty where the label column named none.</summary>
    public IReadOnlyList<string> ClassNames => Labels?.Names ?? [];

    /// <summary>The figures of each epoch of the training. <see cref="TrainingHistory.ToSvg"/> draws the curves.</summary>
    /// <exception cref="FormatException">The model was loaded from a zip in which the history is damaged.</exception>
    public TrainingHistory History => _history.Value;

    /// <summary>The values behind the keys of the label column, in their own type; null where it had none.</summary>
    internal ClassLabels? Labels { get; }
}
