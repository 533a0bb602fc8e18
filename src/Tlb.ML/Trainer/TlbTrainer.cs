using System.Globalization;
using Microsoft.ML.Runtime;
using Microsoft.ML.Trainers;
using Tlb.Cpu;

namespace Tlb.ML;

/// <summary>Trains an image classifier from scratch: a Temporal Latent Bottleneck network.</summary>
/// <remarks>
/// <format type="text/markdown"><![CDATA[
/// To create this trainer, use [Tlb](xref:Tlb.ML.TlbCatalog) of `mlContext.MulticlassClassification.Trainers`.
///
/// ### Input and Output Columns
/// The input label column must be a key. The feature column must hold images (`MLImage`, all of one size) or float vectors of a
/// known size as `ExtractPixels` makes them, planar ([3, height, width]) or interleaved ([height, width, 3]); a plain length is
/// taken as planar and square. Vectors of whole numbers up to 255 are taken as pixel values and divided by 255; all others are
/// fed to the network as they are. An example weight column, where one is named, must hold Singles.
///
/// | Output column | Type | Description |
/// | -- | -- | -- |
/// | `Score` | Vector of Single | The probability of each class; they add up to 1. |
/// | `PredictedLabel` | Key | The most probable class. |
///
/// ### Trainer Characteristics
/// | | |
/// | -- | -- |
/// | Machine learning task | Multiclass classification |
/// | Is normalization required? | No |
/// | Is caching required? | No: images are held in memory as far as `Options.MemoryBudget` allows |
/// | Required NuGet in addition to Microsoft.ML | Microsoft.ML.ImageAnalytics and TorchSharp; for CUDA TorchSharp-cuda-linux or TorchSharp-cuda-windows, for BFloat16 on the CPU TorchSharp-cpu |
/// | Exportable to ONNX | The network alone, by `TlbModelParameters.SaveAsOnnx`; a pipeline with it is not |
///
/// ### Training Algorithm Details
/// Convolutions make tokens of an image, which the network reads in chunks. A fast stream of Transformer blocks reads one chunk at a
/// time; a slow stream of a few state vectors carries what it read from chunk to chunk (Didolkar et al., 2022, arXiv 2205.14794). It is
/// trained on cross-entropy, with Muon for the matrices and AdamW for the rest. The seed is the `MLContext`'s: the same seed and data give
/// the same weights on the same machine.
/// ]]></format>
/// </remarks>
public sealed partial class TlbTrainer : ITrainerEstimator<TlbTransformer, TlbModelParameters>
{
    private readonly IHost _host;
    private readonly Options _options;
    private readonly int _seed;

    internal TlbTrainer(IHostEnvironment environment, Options options)
    {
        ArgumentNullException.ThrowIfNull(options);
        CheckOptions(options);
        _host = environment.Register(nameof(TlbTrainer));
        _options = options;
        _seed = Environments.Seed(_host);
    }

    /// <summary>What ML.NET may know of the trainer: images need no normalisation and no caching.</summary>
    public TrainerInfo Info { get; } = Environments.TrainerInfo();

    /// <summary>The columns of the transformer that <see cref="Fit"/> makes.</summary>
    /// <param name="inputSchema">The columns of the training data.</param>
    /// <exception cref="ArgumentOutOfRangeException">The label, feature or example weight column is missing or of a type that can't be used.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return TrainerColumns.Output(inputSchema, _options);
    }

    /// <summary>Trains a network. Each call starts anew.</summary>
    /// <param name="input">The images and their labels.</param>
    /// <returns>The trained network as a transformer.</returns>
    /// <exception cref="ArgumentException">An option is out of range (the message lists all that are).</exception>
    /// <exception cref="ArgumentOutOfRangeException">The label, feature or example weight column is missing or of a type that can't be used, or the validation set's labels are keys of other classes.</exception>
    /// <exception cref="InvalidDataException">
    /// There are no images, images of several sizes or of one class only, an image can't be read, a weight is out of range,
    /// <see cref="Options.ValidationFraction"/> holds out none, <see cref="Options.InitialWeightsFile"/> holds those of another network or of other
    /// classes, or <see cref="TrainingOptions.CheckpointFolder"/> has checkpoints that can't be gone on from.
    /// </exception>
    /// <exception cref="IOException"><see cref="TrainingOptions.CheckpointFolder"/> can't be written to, or another run writes to it; the message says whose.</exception>
    /// <exception cref="OperationCanceledException">The options' cancellation token was set.</exception>
    /// <exception cref="InvalidOperationException">
    /// A step takes more than <see cref="TrainingOptions.WorkMemory"/>, the device that was asked for is missing, or <see cref="Options.Distributed"/> is set
    /// where there is no MPI.
    /// </exception>
    /// <exception cref="RankFailedException"><see cref="Options.Distributed"/>: another process has failed, or has other options or data.</exception>
    /// <exception cref="NotSupportedException"><see cref="Options.Distributed"/> is set, and TorchSharp would compute.</exception>
    /// <exception cref="ArithmeticException">The loss became infinite or NaN.</exception>
    public TlbTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        CheckOptions(_options);
        var engine = Environments.Engine(_host, _options.Device, _options.Precision);
        if (!_options.Distributed)
            return Train(input, engine, _host, ranks: null);
        if (engine is not CpuEngine)
            throw new NotSupportedException($"{nameof(Options.Distributed)} is set, and the network would be computed by {engine.Description}; expected the CPU's vector kernels: Device cpu and Precision Auto or Float32.");
        return Mpi.Together(ranks => Train(input, engine, ranks.IsFirst ? _host : Environments.Silent(nameof(TlbTrainer)), ranks), _options.CancellationToken);
    }

    private TlbTransformer Train(IDataView input, IEngine engine, IHost host, Ranks? ranks)
    {
        using var channel = host.Start("Training");
        if (ranks?.IsFirst != false)
            CheckpointFolder.Check(_options);                                // now, and not when all images are read
        if (_options.ValidationSet is { } validationSet)
            LabelReader.CheckSameClasses(validationSet.Schema, LabelReader.Check(input.Schema, _options.LabelColumnName).Column);
        if (ranks is not null)
            Say(channel, $"{ranks.Count} processes train together.");
        var cancellation = ranks?.Cancellation ?? _options.CancellationToken;
        var (initial, images, label) = ReadToTrain(input, engine, channel, cancellation);
        Say(channel, $"{_options.Epoch:N0} epochs in batches of {_options.BatchSize:N0} with {_options.Optimizer}.");
        var (training, heldOut) = HoldOut(images);
        var validation = _options.ValidationSet is { } set && ranks?.IsFirst != false ? TrainingImages.Read(set, _options, channel, images, cancellation) : heldOut;
        var trainer = new Trainer(engine, _options, message => channel.Info(MessageSensitivity.None, message), message => channel.Warning(MessageSensitivity.None, message), ranks);
        var result = trainer.Fit(initial, training, validation, _seed);
        var model = new TlbModelParameters(result.Weights, images.Layout with { PixelType = PixelType.Byte }, ClassLabels.From(label), result.History)
        {
            AverageMirrorImages = _options.AverageMirrorImages && _options.Augmentation.HorizontalFlip > 0,
        };
        return new(_host, model, _options.FeatureColumnName, _options.ScoreColumnName, _options.PredictedLabelColumnName) { Device = _options.Device, WorkMemory = _options.WorkMemory, BadImageCallback = _options.BadImageCallback };
    }

    /// <summary>Makes the weights to start from and reads the training data; the log says what they are, and what computes.</summary>
    private (NetworkWeights Initial, IImageSource Images, DataViewSchema.Column Label) ReadToTrain(IDataView input, IEngine engine, IChannel channel, CancellationToken cancellation)
    {
        var (initial, images, label) = Read(input, channel, cancellation);
        if (images.Labels.Distinct().Take(2).Count() < 2)
            throw new InvalidDataException($"All {images.Count} images are of one class; a classifier needs images of two or more.");
        Say(channel, $"{engine.Description}: {initial.Layout.ValueCount:N0} parameters, {images.Count:N0} images of {images.Layout.Width}x{images.Layout.Height} pixels in {initial.Config.NumberOfClasses} classes.");
        return (initial, images, label);
    }

    /// <summary>Makes the weights to start from and reads the training data. The log says which network was chosen.</summary>
    private (NetworkWeights Initial, IImageSource Images, DataViewSchema.Column Label) Read(IDataView input, IChannel channel, CancellationToken cancellation)
    {
        var (label, numberOfClasses) = LabelReader.Check(input.Schema, _options.LabelColumnName);
        var given = _options.InitialWeightsFile is { } file ? InitialWeights.Load(file, _options.Network, numberOfClasses, ClassLabels.From(label)) : null;
        var images = TrainingImages.Read(input, _options, channel, training: null, cancellation);
        if (given is not null)
            return (given, images, label);
        var network = _options.Network ?? TlbConfig.ForImages(images.Layout.Height, images.Layout.Width);
        if (_options.Network is null)
            Say(channel, $"The network was chosen by the size of the images, as no other is set: it reads them at {network.ImageSize}x{network.ImageSize} pixels, as {network.GridSize}x{network.GridSize} tokens by {network.ConvolutionLayers} layers of convolutions.");
        return (NetworkWeights.Initialize(network with { NumberOfClasses = numberOfClasses }, _seed), images, label);
    }

    /// <summary>The images to train on, and those that <see cref="Options.ValidationFraction"/> holds out of them, if any.</summary>
    private (IImageSource Training, IImageSource? HeldOut) HoldOut(IImageSource images) =>
        _options.ValidationFraction is { } fraction ? TrainingImages.HoldOut(images, fraction, _seed) : (images, null);

    private static void CheckOptions(Options options) => InvalidOptions.ThrowIfAny($"{nameof(TlbTrainer)}.{nameof(Options)}", options.Validate());

    private static void Say(IChannel channel, FormattableString message) => channel.Info(MessageSensitivity.None, message.ToString(CultureInfo.InvariantCulture));
}
