using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tlb.ML;

/// <summary>The description of a model in its zip, beside the weights: a JSON text that other programs can read too.</summary>
internal sealed record ModelFile
{
    /// <summary>The format's version.</summary>
    public int Version { get; init; } = 1;

    public required TlbConfig Network { get; init; }

    public required ImageLayout Image { get; init; }

    /// <summary>The type of the class labels, and the labels; null where the label column named none.</summary>
    public string? LabelType { get; init; }

    public IReadOnlyList<string>? Labels { get; init; }

    /// <summary>The metrics of each epoch of the training, as <see cref="TrainingHistory.ToJson"/> writes them.</summary>
    public JsonElement? History { get; init; }

    /// <summary>The SHA-256 of the weights' bytes, in hexadecimal: a zip's own checksum is not checked by every reader.</summary>
    public required string WeightsSha256 { get; init; }

    /// <summary>Writes a model as two texts of bytes.</summary>
    public static (byte[] Description, byte[] Weights) Write(TlbModelParameters model)
    {
        using var weights = new MemoryStream();
        model.Weights.Save(weights);
        var bytes = weights.ToArray();
        var description = new ModelFile
        {
            Network = model.Network,
            Image = model.ImageLayout,
            LabelType = model.Labels?.TypeName,
            Labels = model.Labels?.Names,
            History = ToElement(model.History),
            WeightsSha256 = Convert.ToHexString(SHA256.HashData(bytes)),
        };
        return (JsonSerializer.SerializeToUtf8Bytes(description, ModelFileJson.Default.ModelFile), bytes);
    }

    /// <summary>Reads a model.</summary>
    /// <exception cref="FormatException">The bytes are damaged.</exception>
    public static TlbModelParameters Read(byte[] description, byte[] weights)
    {
        try
        {
            var file = ModelFileReader.Read(description);
            if (file.Version != 1)
                throw new FormatException($"The model is of format version {file.Version}; this version of Tlb.ML reads version 1.");
            if (!string.Equals(file.WeightsSha256, Convert.ToHexString(SHA256.HashData(weights)), StringComparison.OrdinalIgnoreCase))
                throw new FormatException("The weights are not those that were saved: their checksum differs.");
            var labels = file is { LabelType: { } type, Labels: { } names } ? ClassLabels.Parse(type, names) : null;
            if (labels is not null && labels.Names.Count != file.Network.NumberOfClasses)
                throw new FormatException($"The model has {file.Network.NumberOfClasses} classes and {labels.Names.Count} class labels.");
            if (!file.Image.IsPossible || !float.IsFinite(file.Image.Offset) || !float.IsFinite(file.Image.Scale))
                throw new FormatException("The image layout is not a possible one.");
            return new(NetworkWeights.From(Safetensors.Read(weights), file.Network), file.Image, labels, () => ReadHistory(file.History));
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
