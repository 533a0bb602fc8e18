using System.Text.Json;
using Tlb.Core;

namespace Tlb.Examples.ImageClassifier;

/// <summary>What a shard is part of, and what it holds: a JSON file beside it, written when it is complete.</summary>
/// <param name="File">The name of the file of its rows, in the same folder.</param>
/// <param name="Sha256">The SHA-256 of that file.</param>
/// <param name="Shard">Which shard it is, from 1.</param>
/// <param name="Shards">How many there are.</param>
/// <param name="Run">What its rows depend on.</param>
/// <param name="Columns">The columns of its rows.</param>
/// <param name="Counts">What was counted.</param>
/// <param name="BadList">The path of the list of images that can't be read, from the folder of the manifest; null where there is none.</param>
/// <param name="BadListSha256">The SHA-256 of that list.</param>
internal sealed record ShardManifest(
    string File, string Sha256, int Shard, int Shards, IReadOnlyDictionary<string, string> Run, IReadOnlyList<Column> Columns, ScoreCounts Counts, string? BadList, string? BadListSha256)
{
    /// <summary>What the name of a manifest ends in, after that of its shard.</summary>
    public const string Ending = ".manifest.json";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true, RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true };

    /// <summary>The path of the manifest of a shard.</summary>
    public static string PathOf(string output) => output + Ending;

    /// <summary>Reads one.</summary>
    /// <exception cref="InvalidDataException">The file is no manifest.</exception>
    public static ShardManifest Read(string path)
    {
        try
        {
            using var stream = System.IO.File.OpenRead(path);
            return JsonSerializer.Deserialize<ShardManifest>(stream, Json) ?? throw new JsonException();
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"'{path}' is no manifest of a shard.", e);
        }
    }

    /// <summary>Writes it.</summary>
    public void Write(string path) => OutputFile.Write(path, stream => JsonSerializer.Serialize(stream, this, Json));
}
