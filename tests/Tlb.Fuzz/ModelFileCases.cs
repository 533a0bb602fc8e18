using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.ML;
using Tlb.Core;
using Tlb.ML;

namespace Tlb.Fuzz;

/// <summary>Model zips that are damaged, or made to do harm: each is refused clearly, or scores as it should.</summary>
internal sealed partial class ModelFileCases
{
    private const int Models = 12;

    private static readonly string[] Extremes =
    [
        "0", "-1", "1", "2", "3", "7", "8", "16", "127", "128", "255", "256", "1024", "1025", "4096", "8192", "32768", "65535", "65536", "1000000", "16777216",
        "536870911", "1073741824", "2147483647", "2147483648", "-2147483648", "4294967295", "4294967296", "9223372036854775807", "1e30", "1e39", "0.5", "-0.0", "NaN", "null", "true", "\"8\"", "[]", "{}",
    ];

    private readonly MLContext _ml = new(seed: 1);
    private readonly List<Saved> _models = [];

    public ModelFileCases(Random random)
    {
        for (var i = 0; i < Models; i++)
        {
            var model = ModelZip.Model(_ml, Draw.Weights(Draw.Network(random), random), random);
            var images = Tests.Augmentations.RandomBatch(model.Model.ImageLayout, 3, random.Next(), model.Model.Network.NumberOfClasses);
            _models.Add(new(ModelZip.Save(_ml, i % 2 == 0 ? model : Chain(model)), model, images, Score(model, images)));
        }
    }

    /// <summary>Bits turned over, anywhere in the zip.</summary>
    public void Flip(Random random)
    {
        var whole = Pick(random);
        var damaged = (byte[])whole.Zip.Clone();
        for (var flips = random.Next(3) == 0 ? random.Next(1, 9) : 1; flips > 0; flips--)
            damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
        IsRefusedOrTheSame(damaged, whole);
    }

    /// <summary>A zip cut short, a part of it missing, twice, empty or exchanged for another's.</summary>
    public void Cut(Random random)
    {
        var whole = Pick(random);
        var zip = whole.Zip;
        var (from, length) = (random.Next(zip.Length), random.Next(1, 200));
        var to = Math.Min(zip.Length, from + length);
        var other = Pick(random);
        byte[] damaged = random.Next(5) switch
        {
            0 => zip[..from],
            1 => [.. zip[..from], .. zip[to..]],
            2 => [.. zip[..to], .. zip[from..]],
            3 => [.. zip[..from], .. new byte[to - from], .. zip[to..]],
            _ => [.. zip[..from], .. other.Zip[Math.Min(from, other.Zip.Length)..]],   // as good as the other where they begin alike
        };
        IsRefusedOrTheSame(damaged, whole, other);
    }

    /// <summary>A bit turned over in the network's own entries before they are packed and their checksums made: nothing but sense is left to check.</summary>
    public void Craft(Random random)
    {
        var zip = Pick(random).Zip;
        var name = random.Next(2) == 0 ? ModelZip.Description : ModelZip.Weights;
        IsRefusedOrScores(ModelZip.Change(zip, name, bytes =>
        {
            var place = name == ModelZip.Weights ? random.Next(Math.Min(bytes.Length, 6000)) : random.Next(bytes.Length);
            bytes[place] ^= (byte)(1 << random.Next(8));
            return bytes;
        }), random);
    }

    /// <summary>A number of the description or of the weights' header that is extreme, or another one.</summary>
    public void CraftNumber(Random random)
    {
        var zip = Pick(random).Zip;
        var name = random.Next(3) == 0 ? ModelZip.Weights : ModelZip.Description;
        IsRefusedOrScores(ModelZip.Change(zip, name, bytes =>
        {
            var text = ModelZip.Latin1(bytes);
            var end = name == ModelZip.Weights ? 8 + (int)BitConverter.ToInt64(bytes) : text.Length;
            for (var changes = random.Next(1, 4); changes > 0; changes--)
            {
                var numbers = Number().Matches(text[..end]);
                var number = numbers[random.Next(numbers.Count)];
                var value = random.Next(3) == 0 ? random.Next(-2, 40).ToString(CultureInfo.InvariantCulture) : Extremes[random.Next(Extremes.Length)];
                (text, end) = (text[..number.Index] + value + text[(number.Index + number.Length)..], end + value.Length - number.Length);
            }
            bytes = ModelZip.Latin1(text);
            if (name == ModelZip.Weights && random.Next(4) > 0)
                BitConverter.GetBytes((long)(end - 8)).CopyTo(bytes, 0);
            return bytes;
        }), random);
    }

    /// <summary>Sizes as a stranger would choose them, with weights to match as far as a small file goes.</summary>
    public void CraftNetwork(Random random)
    {
        var zip = Pick(random).Zip;
        var config = new TlbConfig
        {
            ImageSize = Size(4096), PatchSize = Size(64), EmbeddingDimension = Size(64), ChunkSize = Size(65536), R = Size(1024),
            NumberOfLayers = Size(1024), NumberOfHeads = Size(1024), NumberOfClasses = Size(100_000),
        };
        if (random.Next(2) == 0)
            config = Paper(config);
        if (config.Validate().Count > 0)
        {
            var patch = Math.Min(config.PatchSize, config.ImageSize);
            if (config.Tokenizer == TokenizerKind.Patches)
                config = config with { PatchSize = patch, ImageSize = config.ImageSize / patch * patch };
            config = config with { ChunkSize = 1 << random.Next(12) };
            if (config.Validate().Count > 0)
                config = config with { ChunkSize = 1 };
        }
        const int MostWeights = 2_000_000;
        var fits = config.Validate().Count == 0 && config.WeightCount <= MostWeights;
        if (fits)
        {
            using var weights = new MemoryStream();
            NetworkWeights.Initialize(config, 1).Save(weights);
            zip = ModelZip.Change(zip, ModelZip.Weights, _ => weights.ToArray());
        }
        IsRefusedOrScores(ModelZip.Change(zip, ModelZip.Description, bytes =>
        {
            var text = ModelZip.Latin1(bytes);
            foreach (var property in typeof(TlbConfig).GetProperties().Where(property => property.CanWrite && (property.PropertyType == typeof(int) || property.PropertyType.IsEnum)))
            {
                var value = property.PropertyType.IsEnum ? $"\"{property.GetValue(config)}\"" : ((int)property.GetValue(config)!).ToString(CultureInfo.InvariantCulture);
                text = Regex.Replace(text, $"\"{property.Name}\": (\"[A-Za-z]+\"|[0-9]+)", $"\"{property.Name}\": {value}");
            }
            return ModelZip.Latin1(Regex.Replace(text, "\"Label(Type|s)\": (\"[^\"]*\"|\\[[^]]*\\]),", ""));
        }), random);

        TlbConfig Paper(TlbConfig sizes)
        {
            sizes = sizes with { Form = TlbForm.Paper, EmbeddingDimension = sizes.NumberOfHeads * Size(8), NumberOfLayers = sizes.R + Size(64), NumberOfStates = Size(65536), FeedForwardExpansion = Size(16) };
            return random.Next(2) == 0 ? sizes : sizes with
            {
                Tokenizer = TokenizerKind.Convolutions, PatchSize = TlbConfig.KerasExample.PatchSize,
                ConvolutionLayers = Size(8), ConvolutionPairs = random.Next(4), ConvolutionKernel = 2 * Size(7) - 1, ConvolutionChannels = Size(8192), ConvolutionPooling = random.Next(2, 4),
            };
        }

        int Size(int most) => random.Next(3) switch { 0 => random.Next(1, 5), 1 => 1 << random.Next(BitsOf(most)), _ => random.Next(1, most + 2) };

        static int BitsOf(int most) => (int)Math.Log2(most) + 1;
    }

    private Saved Pick(Random random) => _models[random.Next(_models.Count)];

    private void IsRefusedOrTheSame(byte[] zip, params ReadOnlySpan<Saved> expected)
    {
        if (Load(zip) is not { } model)
            return;
        using (model)
        {
            var found = false;
            foreach (var saved in expected)
                found |= saved.Is(model);
            if (!found)
                throw new CaseFailedException($"loaded, and is not what was saved: {model.Model.GetSummary()}");
        }
    }

    /// <summary>Loads a zip that may be a model; if it is one, its scores are probabilities, and it is trained for a step from its weights.</summary>
    private void IsRefusedOrScores(byte[] zip, Random random)
    {
        if (Load(zip) is not { } model)
            return;
        using (model)
        {
            model.WorkMemory = 256 << 20;                                    // so that no case takes long: what is refused is refused before
            const long MostWork = 1L << 28;                                  // multiplications, in seconds at most: there is no limit to patience in the library
            var network = model.Model.Network;
            if (network.BlockCount > 64 || network.Work > MostWork)
                return;
            try
            {
                var images = Tests.Augmentations.RandomBatch(model.Model.ImageLayout, 2, random.Next(), network.NumberOfClasses);
                if (Score(model, images).FirstOrDefault(value => value is not (>= 0 and <= 1) && !float.IsNaN(value)) is var wrong && wrong != 0)
                    throw new CaseFailedException($"a probability is {wrong}: {network}");
                using var session = new Cpu.CpuEngine().StartTraining(model.Model.Weights, new() { WorkMemory = 256 << 20 });
                session.RunStep(images, 1e-3f);
            }
            catch (InvalidOperationException e) when (e.Message.Contains("WorkMemory allows", StringComparison.Ordinal))
            {
                // refused, with the figure
            }
            catch (ArgumentException e) when (e.Message.Contains("can't be computed", StringComparison.Ordinal) || e.Message.Contains("A batch of", StringComparison.Ordinal))
            {
                // images that are too large for a batch
            }
        }
    }

    private TlbTransformer? Load(byte[] zip)
    {
        try
        {
            using var stream = new MemoryStream(zip);
            return Find(_ml.Model.Load(stream, out _));
        }
        catch (Exception e)
        {
            Refusals.Check(e);
            return null;
        }
    }

    /// <summary>The network's stage of a model; null where a damaged chain has none.</summary>
    private static TlbTransformer? Find(ITransformer model) =>
        model as TlbTransformer ?? (model as IEnumerable<ITransformer>)?.Select(Find).FirstOrDefault(found => found is not null);

    /// <summary>The network between other stages.</summary>
    private ITransformer Chain(TlbTransformer model)
    {
        var none = _ml.Data.LoadFromEnumerable(new List<Row>());
        return new Microsoft.ML.Data.TransformerChain<ITransformer>(_ml.Transforms.CopyColumns("Copy", "Name").Fit(none), model, _ml.Transforms.CopyColumns("Other", "Name").Fit(none));
    }

    private static float[] Score(TlbTransformer model, ImageBatch images)
    {
        var scores = new float[images.Count * model.Model.Network.NumberOfClasses];
        model.Score(images, scores);
        return scores;
    }

    [GeneratedRegex("(?<![A-Za-z_.\"])-?[0-9]+(\\.[0-9]+)?(E-?[0-9]+)?(?![A-Za-z_.\"])")]
    private static partial Regex Number();

    private sealed class Row
    {
        public string Name { get; set; } = "";
    }

    /// <summary>A model and its file.</summary>
    private sealed record Saved(byte[] Zip, TlbTransformer Model, ImageBatch Images, float[] Scores)
    {
        /// <summary>Whether another is the same: its sizes, names and history, and its scores to the bit.</summary>
        public bool Is(TlbTransformer other) =>
            other.Model.Network == Model.Model.Network && other.Model.ImageLayout == Model.Model.ImageLayout && other.Model.ClassNames.SequenceEqual(Model.Model.ClassNames)
            && (other.FeatureColumnName, other.ScoreColumnName, other.PredictedLabelColumnName) == ("Image", "Score", "PredictedLabel")
            && other.Model.GetSummary() == Model.Model.GetSummary()
            && Score(other, Images).Select(BitConverter.SingleToInt32Bits).SequenceEqual(Scores.Select(BitConverter.SingleToInt32Bits));
    }
}
