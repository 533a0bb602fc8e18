using Microsoft.ML;
using Microsoft.ML.Data;

namespace Flowers;

/// <summary>Says what an image shows. The model is read once, when it is first asked.</summary>
public partial class FlowersModel
{
    /// <summary>The model file, beside the project: Train writes it.</summary>
    public static readonly string ModelPath = Path.GetFullPath("FlowersModel.zip");

    /// <summary>The model. An engine is for one thread at a time; for many, use Microsoft.Extensions.ML's PredictionEnginePool.</summary>
    public static readonly Lazy<PredictionEngine<ModelInput, ModelOutput>> PredictEngine = new(CreatePredictEngine, isThreadSafe: true);

    /// <summary>Classifies an image.</summary>
    public static ModelOutput Predict(ModelInput input) => PredictEngine.Value.Predict(input);

    /// <summary>Classifies an image and gives the probability of every class, the highest first.</summary>
    public static IOrderedEnumerable<KeyValuePair<string, float>> PredictAllLabels(ModelInput input)
    {
        var scores = Predict(input).Score;
        return GetLabels().Select((label, i) => KeyValuePair.Create(label, scores[i])).OrderByDescending(each => each.Value);
    }

    /// <summary>The classes' names, in the order of the scores.</summary>
    private static IEnumerable<string> GetLabels()
    {
        VBuffer<ReadOnlyMemory<char>> names = default;
        PredictEngine.Value.OutputSchema["Score"].GetSlotNames(ref names);
        return names.DenseValues().Select(name => name.ToString());
    }

    private static PredictionEngine<ModelInput, ModelOutput> CreatePredictEngine()
    {
        var mlContext = new MLContext();
        return mlContext.Model.CreatePredictionEngine<ModelInput, ModelOutput>(mlContext.Model.Load(ModelPath, out _));
    }

    /// <summary>An image.</summary>
    public class ModelInput
    {
        /// <summary>Its class; empty where it is to be predicted.</summary>
        public string Label { get; set; } = "";

        /// <summary>The full path of its file.</summary>
        public string ImagePath { get; set; } = "";
    }

    /// <summary>What an image shows.</summary>
    public class ModelOutput
    {
        /// <summary>The most probable class.</summary>
        public string PredictedLabel { get; set; } = "";

        /// <summary>The probability of each class.</summary>
        public float[] Score { get; set; } = [];
    }
}
