using System.Text.Json;

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

    /// <summary>
    /// Whether the mirror image of each picture is scored as well and the mean of both probabilities taken (test-time augmentation): right
    /// more often where training mirrored pictures (<see cref="AugmentationOptions.HorizontalFlip"/>), in twice the time. Not for letters and
    /// other things with a left and a right. It is saved with the model, and goes into its ONNX file. Default that of the training
    /// (<see cref="TlbTrainer.Options.AverageMirrorImages"/>).
    /// </summary>
    public bool AverageMirrorImages { get; set; }

    /// <summary>The classes' names, in the order of the scores; empty where the label column named none.</summary>
    public IReadOnlyList<string> ClassNames => Labels?.Names ?? [];

    /// <summary>The metrics of each epoch of the training. <see cref="TrainingHistory.ToSvg"/> draws the curves.</summary>
    /// <exception cref="FormatException">The model was loaded from a zip in which the history is damaged.</exception>
    public TrainingHistory History => _history.Value;

    /// <summary>
    /// Describes the model in a few lines (Keras: <c>model.summary()</c>): the network, the images, the classes, what computed the
    /// training, and the metrics of the epoch whose weights these are.
    /// </summary>
    /// <exception cref="FormatException">The model was loaded from a zip in which the history is damaged.</exception>
    public string GetSummary()
    {
        const int MostNames = 10;
        var (network, epochs) = (Network, History.Epochs);
        var heads = network.NumberOfHeads == 1 ? "1 head" : $"{network.NumberOfHeads} heads";
        var tokens = network.Tokenizer == TokenizerKind.Patches ? $"patches of {network.PatchSize}x{network.PatchSize}" : $"places of {network.ConvolutionCount} convolutions";
        var readers = Enumerable.Range(0, network.BlockCount).Count(network.ReadsState);
        var names = ClassNames.Count == 0 ? "" : $": {string.Join(", ", ClassNames.Take(MostNames))}{(ClassNames.Count > MostNames ? ", ..." : "")}";
        List<string> lines =
        [
            FormattableString.Invariant($"Temporal Latent Bottleneck, {Weights.Layout.ValueCount:N0} parameters"),
            $"images   {ImageLayout.Width}x{ImageLayout.Height} pixels, read by the network at {network.ImageSize}x{network.ImageSize}",
            $"tokens   {network.TokenCount} {tokens}, in {network.ChunkCount} chunks of {network.ChunkSize}; {network.EmbeddingDimension} wide",
            $"blocks   {network.BlockCount}, of {heads}; {readers} of them read{(readers == 1 ? "s" : "")} the state of {new NetworkPlan(network).StateCount} vectors",
            $"classes  {network.NumberOfClasses}{names}",
            $"trained  {epochs.Count} epochs{(History.Engine is { } engine ? $", {engine}" : "")}",
        ];
        if (AverageMirrorImages)
            lines.Add("scored   as the mean of a picture and its mirror image");
        if (epochs.FirstOrDefault(epoch => epoch.Epoch == History.ReturnedEpoch) is { } epoch)
            lines.Add(epoch.ValidationAccuracy is { } accuracy
                ? FormattableString.Invariant($"metrics  epoch {epoch.Epoch}: validation loss {epoch.ValidationLoss:F4}, accuracy {100 * accuracy:F1} %")
                : FormattableString.Invariant($"metrics  epoch {epoch.Epoch}: training loss {epoch.TrainingLoss:F4}, accuracy {100 * epoch.TrainingAccuracy:F1} %"));
        return string.Join(Environment.NewLine, lines);
    }

    /// <summary>
    /// Writes the network as an ONNX file, which ONNX Runtime and other programs score images with, without this library and without .NET.
    /// The stages before and after it are not in the file.
    /// </summary>
    /// <remarks>
    /// The input <c>image</c> takes pictures of the size in <see cref="ImageLayout"/>: [N, height, width, 3], red, green and blue, bytes
    /// (uint8) or floats as the model was trained on; they are scaled and resized within. The output <c>probabilities</c> is [N, classes].
    /// The names of the classes are a JSON array in the metadata, under the key <c>classes</c>; <see cref="GetSummary"/> is the model's
    /// description. The file has operator set 17.
    /// </remarks>
    /// <param name="path">The file's path. A file that is there is replaced when the new one is complete.</param>
    /// <exception cref="InvalidOperationException">A weight is infinite or NaN, or the file would be larger than the format allows, 2 GB.</exception>
    /// <exception cref="FormatException">The model was loaded from a zip in which the history is damaged.</exception>
    public void SaveAsOnnx(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Weights.ThrowIfNotFinite();
        var (graph, classes) = (OnnxNetwork.Build(Weights, ImageLayout, AverageMirrorImages), JsonSerializer.Serialize(ClassNames));
        OutputFile.Write(path, stream => graph.WriteTo(stream, GetSummary(), ("classes", classes)));
    }

    /// <summary>The values behind the keys of the label column, in their own type; null where it had none.</summary>
    internal ClassLabels? Labels { get; }
}
