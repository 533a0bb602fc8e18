using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;

namespace Tlb.Core;

/// <summary>What has to be the same for a run to go on from a checkpoint. It then goes on to the same bits, if it is as long too.</summary>
internal static class RunIdentity
{
    /// <summary>The only entry that may be another: a run can be made longer, or shorter than it was to be.</summary>
    private const string Length = "epoch";

    /// <summary>What keeps a run from going on from a checkpoint.</summary>
    /// <param name="saved">The checkpoint's names and values; what an earlier version wrote beside them is passed over.</param>
    /// <param name="run">Those of the run.</param>
    public static IReadOnlyList<string> Differences(IReadOnlyDictionary<string, string> saved, IReadOnlyDictionary<string, string> run) =>
    [
        .. run.Where(entry => entry.Key != Length && (!saved.TryGetValue(entry.Key, out var value) || value != entry.Value))
            .Select(entry => $"{entry.Key} was {saved.GetValueOrDefault(entry.Key, "not known")} and is {entry.Value}"),
    ];

    /// <summary>The epochs that the run was to have; null where that is not known.</summary>
    public static string? EpochCount(IReadOnlyDictionary<string, string> run) => run.GetValueOrDefault(Length);

    /// <summary>Names and values of all that has to be the same in every process of a run. (Only the first has images to measure on.)</summary>
    public static IReadOnlyDictionary<string, string> OfRank(NetworkWeights initial, IImageSource training, TrainingOptions options, int seed) =>
        new Dictionary<string, string>(Of(initial, training, validation: null, options, Precision.Float32, seed))
        {
            ["Library"] = typeof(RunIdentity).Module.ModuleVersionId.ToString(),
            [nameof(options.WorkMemory)] = Text(options.WorkMemory),
            [nameof(options.Resume)] = options.Resume.ToString(),
            [nameof(options.CancellationBehavior)] = options.CancellationBehavior.ToString(),
        };

    /// <summary>Names and values of all that decides what a run computes.</summary>
    public static IReadOnlyDictionary<string, string> Of(
        NetworkWeights initial, IImageSource training, IImageSource? validation, TrainingOptions options, Precision precision, int seed)
    {
        var identity = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["Network"] = JsonSerializer.Serialize(initial.Config, TlbConfigJson.Default.TlbConfig).ReplaceLineEndings(" "),
            ["InitialWeights"] = Hash(MemoryMarshal.AsBytes(initial.Values.AsSpan())),
            ["Images"] = Text(training.Count),
            ["Labels"] = Hash(MemoryMarshal.AsBytes(training.Labels.ToArray().AsSpan())),
            ["Weights"] = Hash(MemoryMarshal.AsBytes(training.Weights.ToArray().AsSpan())),
            ["Layout"] = training.Layout.ToString(),
            ["ValidationLabels"] = validation is null ? "none" : Hash(MemoryMarshal.AsBytes(validation.Labels.ToArray().AsSpan())),
            ["Precision"] = precision.ToString(),
            ["ShuffleBufferSize"] = Text(training.ShuffleBufferSize),
            ["Seed"] = Text(seed),
        };
        // Options that decide nothing of the weights, or may be changed on the way.
        string[] free = [nameof(options.CheckpointFolder), nameof(options.CheckpointEveryEpochs), nameof(options.CheckpointInterval), nameof(options.Resume), nameof(options.CancellationBehavior), nameof(options.WorkMemory)];
        using var json = JsonDocument.Parse(JsonSerializer.Serialize(options, TrainingOptionsJson.Default.TrainingOptions));
        foreach (var option in json.RootElement.EnumerateObject().Where(option => !free.Contains(option.Name, StringComparer.OrdinalIgnoreCase)))
            identity[option.Name] = option.Value.GetRawText().ReplaceLineEndings(" ");
        return identity;

        static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexString(SHA256.HashData(bytes))[..16];
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
