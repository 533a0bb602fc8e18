using System.Text.Json;

namespace Tlb.ML;

/// <summary>Reads the description of a model. By hand, and not by serializer metadata: to build that takes a third of the time in which a program that predicts one image starts.</summary>
internal static class ModelFileReader
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    /// <summary>Reads a description. Unknown members are refused: they would change what the network computes.</summary>
    /// <exception cref="FormatException">A member is unknown or missing.</exception>
    /// <exception cref="JsonException">The text is no JSON.</exception>
    /// <exception cref="InvalidOperationException">A value is of another kind than expected.</exception>
    public static ModelFile Read(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json, Strict);
        var version = 0;
        TlbConfig? network = null;
        ImageLayout? image = null;
        var averageMirrorImages = false;
        string? labelType = null;
        List<string>? labels = null;
        JsonElement? history = null;
        string? sha256 = null;
        foreach (var member in document.RootElement.EnumerateObject())
        {
            var value = member.Value;
            switch (member.Name)
            {
                case nameof(ModelFile.Version): version = value.GetInt32(); break;
                case nameof(ModelFile.Network): network = ReadNetwork(value); break;
                case nameof(ModelFile.Image): image = ReadImage(value); break;
                case nameof(ModelFile.AverageMirrorImages): averageMirrorImages = value.GetBoolean(); break;
                case nameof(ModelFile.LabelType): labelType = value.GetString(); break;
                case nameof(ModelFile.Labels): labels = ReadTexts(value); break;
                case nameof(ModelFile.History): history = value.Clone(); break;       // read when somebody asks for it
                case nameof(ModelFile.WeightsSha256): sha256 = value.GetString(); break;
                default: throw Unknown(member);
            }
        }
        if (network is null || image is null || sha256 is null)
            throw new FormatException($"The description lacks one of {nameof(ModelFile.Network)}, {nameof(ModelFile.Image)} and {nameof(ModelFile.WeightsSha256)}.");
        return new()
        {
            Version = version, Network = network, Image = image, AverageMirrorImages = averageMirrorImages, LabelType = labelType, Labels = labels, History = history, WeightsSha256 = sha256,
        };
    }

    private static TlbConfig ReadNetwork(JsonElement json)
    {
        var network = new TlbConfig();
        foreach (var member in json.EnumerateObject())
        {
            var value = member.Value;
            network = member.Name switch
            {
                nameof(TlbConfig.Form) => network with { Form = Named<TlbForm>(value) },
                nameof(TlbConfig.ImageSize) => network with { ImageSize = value.GetInt32() },
                nameof(TlbConfig.PatchSize) => network with { PatchSize = value.GetInt32() },
                nameof(TlbConfig.Tokenizer) => network with { Tokenizer = Named<TokenizerKind>(value) },
                nameof(TlbConfig.ConvolutionLayers) => network with { ConvolutionLayers = value.GetInt32() },
                nameof(TlbConfig.ConvolutionPairs) => network with { ConvolutionPairs = value.GetInt32() },
                nameof(TlbConfig.ConvolutionKernel) => network with { ConvolutionKernel = value.GetInt32() },
                nameof(TlbConfig.ConvolutionChannels) => network with { ConvolutionChannels = value.GetInt32() },
                nameof(TlbConfig.ConvolutionPooling) => network with { ConvolutionPooling = value.GetInt32() },
                nameof(TlbConfig.EmbeddingDimension) => network with { EmbeddingDimension = value.GetInt32() },
                nameof(TlbConfig.ChunkSize) => network with { ChunkSize = value.GetInt32() },
                nameof(TlbConfig.Positions) => network with { Positions = Named<PositionKind>(value) },
                nameof(TlbConfig.ChunkOrder) => network with { ChunkOrder = Named<ChunkOrder>(value) },
                nameof(TlbConfig.NumberOfStates) => network with { NumberOfStates = value.GetInt32() },
                nameof(TlbConfig.StateKind) => network with { StateKind = Named<StateKind>(value) },
                nameof(TlbConfig.ReadOut) => network with { ReadOut = Named<ReadOutKind>(value) },
                nameof(TlbConfig.R) => network with { R = value.GetInt32() },
                nameof(TlbConfig.NumberOfLayers) => network with { NumberOfLayers = value.GetInt32() },
                nameof(TlbConfig.NumberOfHeads) => network with { NumberOfHeads = value.GetInt32() },
                nameof(TlbConfig.FeedForwardExpansion) => network with { FeedForwardExpansion = value.GetInt32() },
                nameof(TlbConfig.NumberOfClasses) => network with { NumberOfClasses = value.GetInt32() },
                nameof(TlbConfig.AttentionDropout) => network with { AttentionDropout = value.GetSingle() },
                nameof(TlbConfig.FeedForwardDropout) => network with { FeedForwardDropout = value.GetSingle() },
                _ => throw Unknown(member),
            };
        }
        return network;
    }

    private static ImageLayout ReadImage(JsonElement json)
    {
        var image = new ImageLayout { Height = 0, Width = 0 };               // no image is of that size: both must be there
        foreach (var member in json.EnumerateObject())
        {
            var value = member.Value;
            image = member.Name switch
            {
                nameof(ImageLayout.Height) => image with { Height = value.GetInt32() },
                nameof(ImageLayout.Width) => image with { Width = value.GetInt32() },
                nameof(ImageLayout.PixelType) => image with { PixelType = Named<PixelType>(value) },
                nameof(ImageLayout.Offset) => image with { Offset = value.GetSingle() },
                nameof(ImageLayout.Scale) => image with { Scale = value.GetSingle() },
                nameof(ImageLayout.Background) => image with { Background = RgbColor.Parse(value.GetString() ?? "") },
                _ => throw Unknown(member),
            };
        }
        return image;
    }

    private static T Named<T>(JsonElement json) where T : struct, Enum => json.GetString() is { } name && Enum.IsDefined(typeof(T), name)
        ? Enum.Parse<T>(name)
        : throw new FormatException($"The {typeof(T).Name} '{json}' is unknown.");

    private static List<string> ReadTexts(JsonElement json)
    {
        var texts = new List<string>(json.GetArrayLength());
        foreach (var text in json.EnumerateArray())
            texts.Add(text.GetString() ?? throw new FormatException("A class label is null."));
        return texts;
    }

    private static FormatException Unknown(JsonProperty member) => new($"The description's member '{member.Name}' is unknown.");
}
