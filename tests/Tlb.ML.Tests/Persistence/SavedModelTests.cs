using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Tlb.Core;
using static Tlb.ML.Tests.TestImages;

namespace Tlb.ML.Tests;

public sealed class SavedModelTests : IDisposable
{
    private readonly MLContext _ml = new(seed: 1);
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_loaded_model_is_its_own_type_and_scores_the_same()
    {
        var model = Save();
        var loaded = new MLContext().Model.Load(_folder["model.zip"], out var schema);
        Assert.Equal(["Label", "Name"], schema.Select(column => column.Name));   // ML.NET's schema entry has no form for images
        var (before, after) = (Tlb(model), Tlb(loaded));
        Assert.Equal(before.Model.Weights.Values, after.Model.Weights.Values);
        Assert.Equal(before.Model.Network, after.Model.Network);
        Assert.Equal(before.Model.ImageLayout, after.Model.ImageLayout);
        Assert.Equal(Labels, after.Model.ClassNames);
        var rows = _ml.Data.LoadFromEnumerable(Rows(9, seed: 2));
        Assert.Equal(model.Transform(rows).GetColumn<float[]>("Score"), loaded.Transform(rows).GetColumn<float[]>("Score"));
        Assert.Equal(model.Transform(rows).GetColumn<string>("PredictedLabel"), loaded.Transform(rows).GetColumn<string>("PredictedLabel"));
    }

    [Fact]
    public void A_summary_says_what_the_model_is_and_where_it_was_trained()
    {
        Save();
        var model = Tlb(new MLContext().Model.Load(_folder["model.zip"], out _)).Model;
        var last = model.History.Epochs[^1];
        Assert.Equal(
            [
                "Temporal Latent Bottleneck, 4,755 parameters",
                "images   8x8 pixels, read by the network at 8x8",
                "tokens   4 patches of 4x4, in 2 chunks of 2; 8 wide",
                "blocks   3, of 1 head; 2 of them read the state of 2 vectors",
                "classes  3: left, middle, right",
                $"trained  {model.History.Epochs.Count} epochs, {new Tlb.Cpu.CpuEngine().Description}",
                FormattableString.Invariant($"metrics  epoch {last.Epoch}: training loss {last.TrainingLoss:F4}, accuracy {100 * last.TrainingAccuracy:F1} %"),
            ],
            model.GetSummary().Split(Environment.NewLine));
    }

    [Fact]
    public void A_summary_says_what_a_network_of_the_papers_form_is()
    {
        var network = TlbConfig.Base with { NumberOfClasses = 3 };
        var model = new TlbModelParameters(NetworkWeights.Initialize(network, 1), new() { Height = 32, Width = 32 }, null, new TrainingHistory { Epochs = [] });
        var lines = model.GetSummary().Split(Environment.NewLine);
        Assert.Equal("tokens   16 places of 3 convolutions, in 4 chunks of 4; 96 wide", lines[2]);
        Assert.Equal("blocks   4, of 4 heads; 1 of them reads the state of 8 vectors", lines[3]);
    }

    /// <summary>The description is read member by member: one that is added to the configuration must be read too.</summary>
    [Fact]
    public void Every_setting_of_the_network_is_saved()
    {
        // Patches or convolutions: no network has a use for all settings.
        TlbConfig[] networks =
        [
            new()
            {
                ImageSize = 12, PatchSize = 3, EmbeddingDimension = 6, ChunkSize = 4, R = 3, NumberOfLayers = 3, NumberOfHeads = 2,
                NumberOfClasses = 3, AttentionDropout = 0.1f, FeedForwardDropout = 0.2f,
            },
            new()
            {
                Form = TlbForm.Paper, ImageSize = 12, Tokenizer = TokenizerKind.Convolutions, ConvolutionLayers = 3, ConvolutionPairs = 1, ConvolutionKernel = 5, ConvolutionChannels = 4,
                ConvolutionPooling = 2, EmbeddingDimension = 6, ChunkSize = 3, Positions = PositionKind.Sinusoidal, ChunkOrder = ChunkOrder.Tiles, NumberOfStates = 3,
                StateKind = StateKind.Sinusoidal, R = 1, NumberOfLayers = 3, NumberOfHeads = 2, FeedForwardExpansion = 2, ReadOut = ReadOutKind.State,
                NumberOfClasses = 3, AttentionDropout = 0.1f, FeedForwardDropout = 0.2f,
            },
        ];
        Assert.All(typeof(TlbConfig).GetProperties().Where(property => property.CanWrite), property =>
            Assert.Contains(networks, network => !Equals(property.GetValue(new TlbConfig()), property.GetValue(network))));
        Assert.All(networks, IsSaved);
    }

    private void IsSaved(TlbConfig network)
    {
        var options = Options;
        (options.Network, options.Epoch) = (network, 1);
        var view = _ml.Data.LoadFromEnumerable(Rows(6));
        var keyed = _ml.Transforms.Conversion.MapValueToKey("Label").Append(_ml.Transforms.ExtractPixels("Image", scaleImage: 1f / 255)).Fit(view).Transform(view);
        var model = _ml.MulticlassClassification.Trainers.Tlb(options).Fit(keyed);
        _ml.Model.Save(model, keyed.Schema, _folder["model.zip"]);
        var loaded = Assert.IsType<TlbTransformer>(_ml.Model.Load(_folder["model.zip"], out _));
        Assert.Equal(network, loaded.Model.Network);
        Assert.Equal(1, model.Model.ImageLayout.Scale);
        Assert.Equal(model.Model.ImageLayout, loaded.Model.ImageLayout);
        Assert.Single(loaded.Model.History.Epochs);
        Assert.Equal(model.Model.History.Epochs, loaded.Model.History.Epochs);
    }

    [Fact]
    public void Column_names_are_saved()
    {
        var options = Options;
        (options.ScoreColumnName, options.PredictedLabelColumnName, options.Epoch) = ("Probability", "Class", 1);
        var view = _ml.Data.LoadFromEnumerable(Rows(6));
        var keyed = _ml.Transforms.Conversion.MapValueToKey("Label").Fit(view).Transform(view);
        _ml.Model.Save(_ml.MulticlassClassification.Trainers.Tlb(options).Fit(keyed), keyed.Schema, _folder["model.zip"]);
        var loaded = Assert.IsType<TlbTransformer>(_ml.Model.Load(_folder["model.zip"], out _));
        Assert.Equal(("Image", "Probability", "Class"), (loaded.FeatureColumnName, loaded.ScoreColumnName, loaded.PredictedLabelColumnName));
    }

    [Fact]
    public void The_zip_holds_weights_and_description_that_other_programs_can_read()
    {
        var model = Save();
        using var zip = ZipFile.OpenRead(_folder["model.zip"]);
        using var weights = new MemoryStream();
        using (var stream = Entry(zip, "Weights.safetensors").Open())
            stream.CopyTo(weights);
        var file = Safetensors.Read(weights.ToArray());
        Assert.Equal(Tlb(model).Model.Weights["head.kernel"].ToArray(), file.Tensors["head.kernel"].ToSingles());

        using var description = JsonDocument.Parse(Entry(zip, "Model.json").Open());
        var root = description.RootElement;
        Assert.Equal(8, root.GetProperty("Network").GetProperty("ImageSize").GetInt32());
        Assert.Equal("Byte", root.GetProperty("Image").GetProperty("PixelType").GetString());
        Assert.Equal(Labels, root.GetProperty("Labels").EnumerateArray().Select(label => label.GetString()));
        Assert.All(zip.Entries, entry => Assert.DoesNotContain("..", entry.FullName, StringComparison.Ordinal));
    }

    [Fact]
    public void The_assembly_version_that_zips_name_stays() =>
        Assert.Equal("Tlb.ML, Version=1.0.0.0, Culture=neutral, PublicKeyToken=null", typeof(TlbTransformer).Assembly.FullName);

    [Theory]
    [InlineData("Weights.safetensors")]
    [InlineData("Model.json")]
    public void A_zip_without_our_entry_is_refused_by_name(string name)
    {
        Save();
        Change(zip => Entry(zip, name).Delete());
        Assert.Contains($"The Tlb model is damaged: it lacks its entry '{name}'.", LoadError().ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_that_were_changed_are_refused()
    {
        Save();
        Rewrite("Weights.safetensors", bytes => { bytes[^1] ^= 1; return bytes; });
        Assert.Contains("their checksum differs", LoadError().ToString(), StringComparison.Ordinal);
    }

    /// <summary>Changes that leave the model a possible one, and give other scores, labels or columns.</summary>
    [Theory]
    [InlineData("\"ChunkSize\": 2", "\"ChunkSize\": 1")]
    [InlineData("\"Offset\": 0", "\"Offset\": 8")]
    [InlineData("\"Scale\": 0.0", "\"Scale\": 0.1")]
    [InlineData("\"middle\"", "\"midele\"")]
    [InlineData("\"TrainingLoss\": ", "\"TrainingLoss\": 1")]
    public void One_changed_character_of_the_description_is_refused(string from, string to)
    {
        Save();
        Rewrite("Model.json", Replace(from, to));
        Assert.Contains("The Tlb model is damaged: its description or its columns' names are not those that were saved: their checksum differs.", LoadError().ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_changed_column_name_is_refused()
    {
        Save();
        Change(zip =>
        {
            var entry = zip.Entries.Single(entry => entry.FullName.Contains("Transform_001", StringComparison.Ordinal) && entry.Name == "Model.key");
            Rewrite(entry.FullName, Replace(Utf16("PredictedLabel"), Utf16("PredictedLabem")), zip);
        });
        Assert.Contains("their checksum differs", LoadError().ToString(), StringComparison.Ordinal);
    }

    /// <summary>Zeros pack a thousand to one: a small zip that would fill a disk.</summary>
    [Theory]
    [InlineData("Weights.safetensors", "unpacks to 67,108,865 bytes; expected at most 16,796,236.")]
    [InlineData("Model.json", "unpacks to 67,108,865 bytes; expected at most 67,108,864.")]
    public void An_entry_that_promises_more_than_a_model_has_is_refused(string name, string problem)
    {
        Save();
        Rewrite(name, _ => new byte[(64 << 20) + 1]);
        Assert.InRange(new FileInfo(_folder["model.zip"]).Length, 0, 1 << 20);
        Assert.Contains($"The Tlb model is damaged: its entry '{name}' {problem}", LoadError().ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_whose_weights_are_not_finite_is_not_saved()
    {
        var model = Save();
        Tlb(model).Model.Weights["head.kernel"][5] = float.NaN;
        var error = Assert.Throws<InvalidOperationException>(() => _ml.Model.Save(model, null, _folder["other.zip"]));
        Assert.Contains("'head.kernel' holds NaN at place 5", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_whose_weights_are_not_finite_is_not_loaded()
    {
        Save();
        Rewrite("Weights.safetensors", bytes => { BitConverter.GetBytes(float.PositiveInfinity).CopyTo(bytes, bytes.Length - 4); return bytes; });
        Seal();
        Assert.Contains("'head.bias' holds Infinity at place 2", LoadError().ToString(), StringComparison.Ordinal);
    }

    /// <summary>What whoever makes a zip may write, its checksums in order.</summary>
    [Theory]
    [InlineData("\"NumberOfClasses\": 3", "\"NumberOfClasses\": 4")]
    [InlineData("\"PatchSize\": 4", "\"PatchSize\": 3")]
    [InlineData("\"ImageSize\": 8", "\"ImageSize\": 536870911")]
    [InlineData("\"NumberOfLayers\": 2", "\"NumberOfLayers\": 1000000000")]
    [InlineData("\"NumberOfHeads\": 1", "\"NumberOfHeads\": 32768")]
    [InlineData("\"R\": 2", "\"R\": 2147483647")]
    [InlineData("\"Height\": 8", "\"Height\": 1000000000")]
    [InlineData("\"Width\": 8", "\"Width\": -8")]
    [InlineData("\"R\": 2", "\"R\": 2, \"Unknown\": 1")]
    [InlineData("\"Version\": 1", "\"Version\": 2")]
    [InlineData("\"Version\": 1", "\"Version\": \"1\"")]
    [InlineData("\"Height\": 8,", "")]
    [InlineData("\"PixelType\": \"Byte\"", "\"PixelType\": \"Bit\"")]
    [InlineData("\"WeightsSha256\"", "\"WeightsSha\"")]
    [InlineData("\"LabelType\": \"Text\"", "\"LabelType\": \"Poem\"")]
    [InlineData("\"R\": 2", "\"R\": 2, \"R\": 2")]
    [InlineData("\"Version\": 1", "\"Version\": 1, \"History\": [[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]")]
    [InlineData("{", "")]
    public void A_description_that_can_not_be_is_refused(string from, string to)
    {
        Save();
        Rewrite("Model.json", Replace(from, to));
        Seal();
        var error = LoadError().ToString();
        Assert.DoesNotContain("checksum", error, StringComparison.Ordinal);
        Assert.Contains("The Tlb model is damaged: ", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.3)]
    [InlineData(0.9)]
    public void A_zip_cut_short_is_refused(double kept)
    {
        Save();
        var bytes = File.ReadAllBytes(_folder["model.zip"]);
        File.WriteAllBytes(_folder["model.zip"], bytes[..(int)(bytes.Length * kept)]);
        Assert.NotNull(LoadError());
    }

    private TransformerChain<ITransformer> Save()
    {
        var rows = _ml.Data.LoadFromEnumerable(Rows(12));
        var options = Options;
        options.Epoch = 1;
        var model = new TransformerChain<ITransformer>(Pipeline(_ml, options).Fit(rows));
        _ml.Model.Save(model, rows.Schema, _folder["model.zip"]);
        return model;
    }

    /// <summary>ML.NET wraps what a stage throws while it loads: any exception will do, and its texts are looked at together.</summary>
    private Exception LoadError() => Assert.ThrowsAny<Exception>(() => new MLContext().Model.Load(_folder["model.zip"], out _));

    private void Change(Action<ZipArchive> change)
    {
        using var zip = ZipFile.Open(_folder["model.zip"], ZipArchiveMode.Update);
        change(zip);
    }

    private void Rewrite(string name, Func<byte[], byte[]> change) => Change(zip => Rewrite(name, change, zip));

    private static void Rewrite(string name, Func<byte[], byte[]> change, ZipArchive zip)
    {
        var entry = Entry(zip, name);
        var bytes = Bytes(entry);
        var fullName = entry.FullName;
        entry.Delete();
        using var target = zip.CreateEntry(fullName).Open();
        target.Write(change(bytes));
    }

    /// <summary>Puts the checksums in order after changes.</summary>
    private void Seal() => Change(zip =>
    {
        var weights = Convert.ToHexString(SHA256.HashData(Bytes(Entry(zip, "Weights.safetensors"))));
        Rewrite("Model.json", bytes => Encoding.UTF8.GetBytes(Regex.Replace(Encoding.UTF8.GetString(bytes), "(\"WeightsSha256\": \")[0-9A-F]{64}", "${1}" + weights)), zip);
        var checksum = ModelFile.Checksum(Bytes(Entry(zip, "Model.json")), "Image", "Score", "PredictedLabel");
        var key = Entry(zip, "Model.json").FullName.Replace("Model.json", "Model.key", StringComparison.Ordinal);
        Rewrite(key, bytes => Regex.Replace(Encoding.Latin1.GetString(bytes), "([0-9A-F]\0){64}", Encoding.Latin1.GetString(Encoding.Unicode.GetBytes(checksum))) is var text ? Encoding.Latin1.GetBytes(text) : bytes, zip);
    });

    private static byte[] Bytes(ZipArchiveEntry entry)
    {
        using var bytes = new MemoryStream();
        using var stream = entry.Open();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    private static Func<byte[], byte[]> Replace(string from, string to) => bytes =>
    {
        var text = Encoding.Latin1.GetString(bytes);                         // a character a byte
        Assert.Contains(from, text, StringComparison.Ordinal);
        return Encoding.Latin1.GetBytes(text.Replace(from, to, StringComparison.Ordinal));
    };

    private static string Utf16(string text) => Encoding.Latin1.GetString(Encoding.Unicode.GetBytes(text));

    private static ZipArchiveEntry Entry(ZipArchive zip, string name) => zip.Entries.Single(entry => entry.FullName == name || entry.Name == name || entry.FullName.EndsWith("\\" + name, StringComparison.Ordinal));

    private static TlbTransformer Tlb(ITransformer model) => model as TlbTransformer
        ?? ((IEnumerable<ITransformer>)model).Select(stage => stage is TlbTransformer or IEnumerable<ITransformer> ? Tlb(stage) : null).First(stage => stage is not null)!;
}
