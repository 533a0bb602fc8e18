using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tlb.ML;

public sealed partial class TlbTrainer
{
    /// <summary>How <see cref="TlbTrainer"/> trains. Everything has a default.</summary>
    public sealed class Options : TrainingOptions
    {
        /// <summary>The label column: a key, as <c>MapValueToKey</c> makes it. Default "Label".</summary>
        public string LabelColumnName { get; set; } = ColumnNames.Label;

        /// <summary>
        /// The image column: <see cref="MLImage"/>s of one size, or float vectors of a known size as <c>ExtractPixels</c> makes them. Default "Features".
        /// </summary>
        public string FeatureColumnName { get; set; } = ColumnNames.Features;

        /// <summary>
        /// The column of the images' weights: Singles of 0 or more. The training loss is the mean over the images of a batch, each times its
        /// weight; validation does not weigh. Default null: every image has weight 1.
        /// </summary>
        public string? ExampleWeightColumnName { get; set; }

        /// <summary>The output column of the classes' probabilities. Default "Score".</summary>
        public string ScoreColumnName { get; set; } = ColumnNames.Score;

        /// <summary>The output column of the most probable class. Default "PredictedLabel".</summary>
        public string PredictedLabelColumnName { get; set; } = ColumnNames.PredictedLabel;

        /// <summary>
        /// The network. Its <see cref="TlbConfig.NumberOfClasses"/> is set from the label column. Default: that of the Keras example.
        /// </summary>
        public TlbConfig Network { get; set; } = TlbConfig.KerasExample;

        /// <summary>
        /// A safetensors file with the weights to start from, of the same network: of our own
        /// (<see cref="TlbModelParameters.Weights"/>) or exported from Keras. Default null: random weights.
        /// </summary>
        public string? InitialWeightsFile { get; set; }

        /// <summary>
        /// Where to train: the device given is the one used, and the log names it. Default <see cref="ComputeDevice.Auto"/>: as
        /// <see cref="MLContext.GpuDeviceId"/> and <see cref="MLContext.FallbackToCpu"/> say.
        /// </summary>
        public ComputeDevice Device { get; set; }

        /// <summary>
        /// The type of number to compute in. On the CPU BFloat16 takes TorchSharp in place of the vector kernels, and Float16 and TensorFloat32 are refused.
        /// Default <see cref="Precision.Auto"/>: BFloat16 on CUDA devices that have it, Float16 on older ones, Float32 on the CPU.
        /// </summary>
        public Precision Precision { get; set; }

        /// <summary>
        /// Images with the same columns as the training data, its labels keyed by the same fitted <c>MapValueToKey</c>, to measure on
        /// after each epoch. Not together with <see cref="ValidationFraction"/>. Default null: none.
        /// </summary>
        [JsonIgnore]
        public IDataView? ValidationSet { get; set; }

        /// <summary>
        /// The share of the training images that is held out to measure on after each epoch, above 0 and below 1: the same share of each
        /// class, drawn with the context's seed. Not together with <see cref="ValidationSet"/>. Default null: none.
        /// </summary>
        public double? ValidationFraction { get; set; }

        /// <summary>
        /// The most bytes of pixels held in memory, those of <see cref="ValidationSet"/> included; 1 or more. An image takes height x width x 3
        /// bytes, four times that where the values are no whole numbers from 0 to 255. Images that don't fit are decoded anew in each
        /// epoch. Where rows hold numbers and texts only, such as paths, the rows are kept and the result is the same to the bit. Where
        /// they hold images or vectors, the data are read again in each epoch, and images are drawn at random from a shuffle buffer of
        /// half the budget: rows of one class after the other should be shuffled before (<c>mlContext.Data.ShuffleRows</c>).
        /// Default 4 GB (4,294,967,296).
        /// </summary>
        public long MemoryBudget { get; set; } = 4L << 30;

        /// <summary>
        /// Called for each image that can't be read, which is then left out. Default null: the first such image ends the training
        /// with an <see cref="InvalidDataException"/>.
        /// </summary>
        [JsonIgnore]
        public Action<BadImage>? BadImageCallback { get; set; }

        /// <summary>Reads options from JSON: names as here with a small first letter; what is not given keeps its default.</summary>
        /// <param name="json">The text, such as <c>{ "epoch": 15, "network": { "chunkSize": 16 } }</c>; comments and trailing commas are allowed.</param>
        /// <exception cref="FormatException">It is no JSON, or has an option that is not known (the message names the nearest one) or a value that doesn't fit.</exception>
        public static Options FromJson(string json) => StrictJson.Read(json, TrainerOptionsJson.Default.TrainerOptions, new());

        /// <summary>The options as JSON, callbacks and data left out.</summary>
        public string ToJson() => JsonSerializer.Serialize(this, TrainerOptionsJson.Default.TrainerOptions);

        /// <inheritdoc/>
        public override IReadOnlyList<string> Validate()
        {
            var problems = new List<string>(base.Validate());
            (string Name, string? Value)[] columns =
            [
                (nameof(LabelColumnName), LabelColumnName), (nameof(FeatureColumnName), FeatureColumnName),
                (nameof(ScoreColumnName), ScoreColumnName), (nameof(PredictedLabelColumnName), PredictedLabelColumnName),
            ];
            problems.AddRange(columns.Where(column => string.IsNullOrWhiteSpace(column.Value)).Select(column => $"{column.Name} is empty; expected a column's name."));
            if (ScoreColumnName == PredictedLabelColumnName)
                problems.Add($"ScoreColumnName and PredictedLabelColumnName are both '{ScoreColumnName}'; expected two names.");
            if (!Enum.IsDefined(Precision))
                problems.Add($"Precision is {Precision}; expected {string.Join(", ", Enum.GetNames<Precision>())}.");
            if (ExampleWeightColumnName is not null && string.IsNullOrWhiteSpace(ExampleWeightColumnName))
                problems.Add("ExampleWeightColumnName is empty; expected a column's name, or null.");
            if (ValidationFraction is not (null or (> 0 and < 1)))
                problems.Add(FormattableString.Invariant($"ValidationFraction is {ValidationFraction}; expected above 0 and below 1, or null."));
            if (ValidationFraction is not null && ValidationSet is not null)
                problems.Add("ValidationFraction and ValidationSet are both set; expected one of them.");
            if (MemoryBudget < 1)
                problems.Add(FormattableString.Invariant($"MemoryBudget is {MemoryBudget}; expected 1 or more bytes."));
            if (Network is null)
                problems.Add("Network is null; expected a TlbConfig.");
            else
                problems.AddRange(Network.Validate());
            if (InitialWeightsFile is not null && !File.Exists(InitialWeightsFile))
                problems.Add($"InitialWeightsFile '{InitialWeightsFile}' doesn't exist.");
            return problems;
        }
    }
}
