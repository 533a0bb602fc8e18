using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;

namespace Tlb.Core;

/// <summary>A training run as it stood after a step: all that is needed to go on to the same bits.</summary>
internal sealed record Checkpoint(CheckpointPosition Position, SessionState Session, float[]? BestWeights)
{
    private const string Format = "tlb-checkpoint-1";

    /// <summary>Writes a checkpoint: one safetensors file, complete on the disk before it has its name.</summary>
    /// <param name="path">The file.</param>
    public void Save(string path)
    {
        List<(string Name, ImmutableArray<int> Shape, ReadOnlyMemory<float> Values)> tensors =
        [
            ("weights", [Session.Weights.Length], Session.Weights),
            ("mean", [Session.Mean.Length], Session.Mean),
            ("variance", [Session.Variance.Length], Session.Variance),
        ];
        if (Session.Average is { } average)
            tensors.Add(("average", [average.Length], average));
        if (BestWeights is { } best)
            tensors.Add(("best", [best.Length], best));
        var position = JsonSerializer.Serialize(Position with
        {
            SessionStep = Session.Step,
            OptimizerStep = Session.OptimizerStep,
            Metrics = Session.Metrics,
            LossScale = Session.LossScale,
            LossScaleGoodSteps = Session.LossScaleGoodSteps,
        }, CheckpointJson.Default.CheckpointPosition);
        var metadata = new Dictionary<string, string>
        {
            ["format"] = Format,
            ["run"] = position,
            ["sha256"] = Hash(position, tensors.Select(tensor => tensor.Values)),
        };

        OutputFile.Write(path, stream => Safetensors.Write(stream, tensors, metadata));
    }

    /// <summary>Reads a checkpoint.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">It is torn, damaged, or no checkpoint.</exception>
    public static Checkpoint Load(string path)
    {
        var file = Safetensors.Read(path);
        if (!file.Metadata.TryGetValue("format", out var format) || format != Format || !file.Metadata.TryGetValue("run", out var run) || !file.Metadata.TryGetValue("sha256", out var hash))
            throw new InvalidDataException($"'{path}' is not a checkpoint of this version.");
        string[] names = ["weights", "mean", "variance", "average", "best"];
        var values = names.Select(name => file.Tensors.TryGetValue(name, out var tensor) ? tensor.ToSingles().ToArray() : null).ToList();
        if (values[..3].Contains(null) || hash != Hash(run, values.OfType<float[]>().Select(array => (ReadOnlyMemory<float>)array)))
            throw new InvalidDataException($"'{path}' is damaged: its checksum differs.");
        var position = JsonSerializer.Deserialize(run, CheckpointJson.Default.CheckpointPosition);
        if (position is not { Epoch: >= 1, Step: >= 0, Run: not null, History.Epochs: not null } || (values[4] is { } best && best.Length != values[0]!.Length))
            throw new InvalidDataException($"'{path}' is damaged: it names no place in a run, or its best weights are not those of its network.");
        var session = new SessionState
        {
            Step = position.SessionStep,
            OptimizerStep = position.OptimizerStep,
            Metrics = position.Metrics,
            LossScale = position.LossScale,
            LossScaleGoodSteps = position.LossScaleGoodSteps,
            Weights = values[0]!,
            Mean = values[1]!,
            Variance = values[2]!,
            Average = values[3],
        };
        return new(position, session, values[4]);
    }

    private static string Hash(string run, IEnumerable<ReadOnlyMemory<float>> tensors)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(MemoryMarshal.AsBytes(run.AsSpan()));
        foreach (var tensor in tensors)
            hash.AppendData(MemoryMarshal.AsBytes(tensor.Span));
        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
