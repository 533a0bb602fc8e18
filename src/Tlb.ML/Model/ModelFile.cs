using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tlb.ML;

/// <summary>The description of a model in its zip, beside the weights: a JSON text that other programs can read too.</summary>
internal sealed record ModelFile
{
    private const int MostHeaderBytes = 16 << 20;                            // the names of the largest network's tensors take 7 MB

    /// <summary>The format's version.</summary>
    public int Version { get; init; } = 1;

    public required TlbConfig Network { get; init; }

    public required ImageLayout Image { get; init; }

    /// <summary>Whether scores are means with those of mirror images. Not written where they are not: that is read by what does not know it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool AverageMirrorImages { get; init; }

    /// <summary>The type of the class labels, and the labels; null where the label column named none.</summary>
    public string? LabelType { get; init; }

    public IReadOnlyList<string>? Labels { get; init; }

    /// <summary>The metrics of each epoch of the training, as <see cref="TrainingHistory.ToJson"/> writes them.</summary>
    public JsonElement? History { get; init; }

    /// <summary>The SHA-256 of the weights' bytes, in hexadecimal: a zip's own checksum is not checked by every reader.</summary>
    public required string WeightsSha256 { get; init; }

    /// <summary>The most bytes that the weights of such a network take with their names: more is not read, whatever a zip promises.</summary>
    public long MostWeightsBytes => MostHeaderBytes + sizeof(float) * Network.WeightCount;

    /// <summary>Writes a model as two texts of bytes.</summary>
    /// <exception cref="InvalidOperationException">A weight is infinite or NaN; the message names its tensor.</exception>
    public static (byte[] Description, byte[] Weights) Write(TlbModelParameters model)
    {
        using var weights = new MemoryStream();
        model.Weights.Save(weights);
        var bytes = weights.ToArray();
        var description = new ModelFile
        {
            Network = model.Network,
            Image = model.ImageLayout,
            AverageMirrorImages = model.AverageMirrorImages,
            LabelType = model.Labels?.TypeName,
            Labels = model.Labels?.Names,
            History = ToElement(model.History),
            WeightsSha256 = Convert.ToHexString(SHA256.HashData(bytes)),
        };
        return (JsonSerializer.SerializeToUtf8Bytes(description, ModelFileJson.Default.ModelFile), bytes);
    }

    /// <summary>The SHA-256 of a whole model, in hexadecimal: its columns' names and its description, which holds that of the weights.</summary>
    public static string Checksum(byte[] description, params ReadOnlySpan<string> columnNames)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var name in columnNames)
        {
            var bytes = Encoding.UTF8.GetBytes(name);
            hash.AppendData(BitConverter.GetBytes(bytes.Length));
            hash.AppendData(bytes);
        }
        hash.AppendData(description);
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    /// <summary>Reads the description of a model.</summary>
    /// <exception cref="FormatException">The bytes are damaged, or describe what can't be.</exception>
    public static ModelFile Read(byte[] description) => WithClearErrors(() =>
    {
        var file = ModelFileReader.Read(description);
        if (file.Version != 1)
            throw new FormatException($"The model is of format version {file.Version}; this version of Tlb.ML reads version 1.");
        file.Network.ThrowIfInvalid();
        if (file.Labels is { } labels && labels.Count != file.Network.NumberOfClasses)
            throw new FormatException($"The model has {file.Network.NumberOfClasses} classes and {labels.Count} class labels.");
        if (!file.Image.IsPossible || !float.IsFinite(file.Image.Offset) || !float.IsFinite(file.Image.Scale))
            throw new FormatException("The image layout is not a possible one.");
        return file;
    });

    /// <summary>Makes the model of its description and its weights.</summary>
    /// <exception cref="FormatException">They are damaged.</exception>
    public TlbModelParameters ToModel(byte[] weights) => WithClearErrors(() =>
    {
        if (!string.Equals(WeightsSha256, Convert.ToHexString(SHA256.HashData(weights)), StringComparison.OrdinalIgnoreCase))
            throw new FormatException("The weights are not those that were saved: their checksum differs.");
        var labels = this is { LabelType: { } type, Labels: { } names } ? ClassLabels.Parse(type, names) : null;
        return new TlbModelParameters(NetworkWeights.From(Safetensors.Read(weights), Network), Image, labels, () => ReadHistory(History)) { AverageMirrorImages = AverageMirrorImages };
    });

    private static T WithClearErrors<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is JsonException or InvalidDataException or InvalidOperationException or ArgumentException or FormatException or OverflowException)
        {
            throw new FormatException($"The Tlb model is damaged: {e.Message}", e);
        }
    }

    private static JsonElement ToElement(TrainingHistory history)
    {
        using var json = JsonDocument.Parse(history.ToJson());
        return json.RootElement.Clone();
    }

    private static TrainingHistory ReadHistory(JsonElement? json) => json is { } history ? TrainingHistory.FromJson(history.GetRawText()) : new() { Epochs = [] };
}

/// <summary>The JSON form of <see cref="ModelFile"/>, for writing. <see cref="ModelFileReader"/> reads it.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true, IgnoreReadOnlyProperties = true, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ModelFile))]
internal sealed partial class ModelFileJson : JsonSerializerContext;
