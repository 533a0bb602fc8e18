using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tlb.ML;

public sealed partial class TlbTrainer
{
    /// <summary>How <see cref="TlbTrainer"/> trains. Everything has a default.</summary>
    public sealed class Options : TrainingOptions
    {
        /// <summary>The options of <see cref="Recipe.Standard"/>.</summary>
        public Options()
        {
        }

        /// <summary>The options of a recipe.</summary>
        /// <param name="recipe">The recipe.</param>
        /// <exception cref="ArgumentOutOfRangeException">There is no such recipe.</exception>
        public Options(Recipe recipe)
            : base(recipe) => AverageMirrorImages = recipe == Recipe.Long;

        /// <summary>The label column: a key, as <c>MapValueToKey</c> makes it. Default "Label".</summary>
        public string LabelColumnName { get; set; } = ColumnNames.Label;

        /// <summary>
        /// The image column: <see cref="MLImage"/>s of one size, or float vectors of a known size as <c>ExtractPixels</c> makes them. Default "Features".
        /// </summary>
        public string FeatureColumnName { get; set; } = ColumnNames.Features;

        /// <summary>
        /// The column of the images' weights: Singles of 0 to 1,000,000. The training loss is the mean over the images of a batch, each times its
        /// weight; validation does not weigh. Default null: every image has weight 1.
        /// </summary>
        public string? ExampleWeightColumnName { get; set; }

        /// <summary>The output column of the classes' probabilities. Default "Score".</summary>
        public string ScoreColumnName { get; set; } = ColumnNames.Score;

        /// <summary>The output column of the most probable class. Default "PredictedLabel".</summary>
        public string PredictedLabelColumnName { get; set; } = ColumnNames.PredictedLabel;

        /// <summary>
        /// The network. Its <see cref="TlbConfig.NumberOfClasses"/> is set from the label column. Default null: that of
        /// <see cref="InitialWeightsFile"/> where this is a saved model, or else <see cref="TlbConfig.ForImages"/> of the images' size; the log
        /// says which it is.
        /// </summary>
        public TlbConfig? Network { get; set; }

        /// <summary>
        /// A file with the weights to start from, of the same network: a saved model (a zip), which must tell the same classes apart, or a
        /// safetensors file, of our own (<see cref="TlbModelParameters.Weights"/>) or exported from Keras. Default null: random weights.
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
        /// Whether the processes that an MPI launcher has started (<c>mpirun -n 4 ...</c>, Slurm's <c>srun</c>) train one network together in
        /// <see cref="Fit"/>, each a share of every batch: to the same bits, however many they are. All need the same options, the same data and a
        /// context with the same seed, and get the same model; the process of rank 0 (<see cref="MpiLaunch.Rank"/>) measures, logs, calls
        /// <see cref="TrainingOptions.MetricsCallback"/> and writes checkpoints. On the CPU's vector kernels only. MPI has to be on the machine: it is
        /// loaded when it is needed. Default false.
        /// </summary>
        public bool Distributed { get; set; }

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
        /// Whether the trained model scores the mirror image of each picture as well and takes the mean
        /// (<see cref="TlbModelParameters.AverageMirrorImages"/>), where training mirrors: where
        /// <see cref="AugmentationOptions.HorizontalFlip"/> is above 0. Measuring between epochs takes the picture alone. Default false; true in a
        /// long recipe.
        /// </summary>
        public bool AverageMirrorImages { get; set; }

        /// <summary>
        /// The colour that shows through where pictures are transparent. It goes into the model: scoring does the same. Vectors have no
        /// transparency. Default white.
        /// </summary>
        public RgbColor Background { get; set; } = RgbColor.White;

        /// <summary>
        /// Called for each image that can't be read, which is then left out. Default null: the first such image ends the training
        /// with an <see cref="InvalidDataException"/>. The transformer that <see cref="Fit"/> gives has it too
        /// (<see cref="TlbTransformer.BadImageCallback"/>): what can be measured on in training can be measured on afterwards.
        /// </summary>
        [JsonIgnore]
        public Action<BadImage>? BadImageCallback { get; set; }

        /// <summary>Reads options from JSON: names as here with a small first letter; what is not given keeps its default, and what is not given of a network is that of <c>new TlbConfig()</c>.</summary>
        /// <param name="json">The text, such as <c>{ "epoch": 15, "network": { "chunkSize": 16 } }</c>; comments and trailing commas are allowed.</param>
        /// <exception cref="FormatException">It is no JSON, or has an option that is not known (the message names the nearest one) or a value that doesn't fit.</exception>
        public static Options FromJson(string json)
        {
            var options = StrictJson.Read(json, TrainerOptionsJson.Default.TrainerOptions, new() { Network = new() });
            if (!StrictJson.Has(json, "network"))
                options.Network = null;
            return options;
        }

        /// <summary>The options as JSON, callbacks and data left out.</summary>
        public string ToJson() => JsonSerializer.Serialize(this, TrainerOptionsJson.Default.TrainerOptions);

        internal override void Check(OptionsCheck check)
        {
            base.Check(check);
            check.Text(LabelColumnName, "a column's name");
            check.Text(FeatureColumnName, "a column's name");
            check.OptionalText(ExampleWeightColumnName, "a column's name");
            check.Text(ScoreColumnName, "a column's name");
            check.Text(PredictedLabelColumnName, "a column's name");
            check.That(
                PredictedLabelColumnName != ScoreColumnName || string.IsNullOrWhiteSpace(ScoreColumnName),
                $"'{PredictedLabelColumnName}', as ScoreColumnName is", "two names", nameof(PredictedLabelColumnName));
            check.OptionalPart(Network);
            check.That(
                InitialWeightsFile is null || File.Exists(InitialWeightsFile), $"'{InitialWeightsFile}'", "a file that exists, or null", nameof(InitialWeightsFile));
            check.Named(Precision);
            check.ProperShare(ValidationFraction);
            check.That(ValidationFraction is null || ValidationSet is null, ValidationFraction, "null where ValidationSet is set");
            check.AtLeast(MemoryBudget, 1);
        }
    }
}
