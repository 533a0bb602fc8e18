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
        var position = PositionJson();
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
        return new(position, SessionAt(position, values[0]!, values[1]!, values[2]!, values[3]), values[4]);
    }

    /// <summary>Gives what a session goes on from to the other processes, which <see cref="Receive"/> it.</summary>
    /// <param name="ranks">The processes.</param>
    /// <param name="checkpoint">The first process's checkpoint; null where there is none.</param>
    public static void Share(Ranks ranks, Checkpoint? checkpoint)
    {
        ranks.Meet();
        ranks.ShareText(checkpoint?.PositionJson() ?? "");
        if (checkpoint is null)
            return;
        ranks.Share(checkpoint.Session.Weights);
        ranks.Share(checkpoint.Session.Mean);
        ranks.Share(checkpoint.Session.Variance);
        if (checkpoint.Session.Average is { } average)
            ranks.Share(average);
    }

    /// <summary>Takes what a session goes on from.</summary>
    /// <param name="ranks">The processes.</param>
    /// <param name="weightCount">The network's weights.</param>
    /// <param name="hasAverage">Whether the session averages them.</param>
    /// <returns>Null where there is no checkpoint.</returns>
    public static (CheckpointPosition Position, SessionState State)? Receive(Ranks ranks, int weightCount, bool hasAverage)
    {
        ranks.Meet();
        if (ranks.ShareText("") is not { Length: > 0 } json)
            return null;
        var position = JsonSerializer.Deserialize(json, CheckpointJson.Default.CheckpointPosition)!;
        return (position, SessionAt(position, Next(), Next(), Next(), hasAverage ? Next() : null));

        float[] Next()
        {
            var values = new float[weightCount];
            ranks.Share(values);
            return values;
        }
    }

    private string PositionJson() => JsonSerializer.Serialize(Position with
    {
        SessionStep = Session.Step,
        OptimizerStep = Session.OptimizerStep,
        Metrics = Session.Metrics,
        LossScale = Session.LossScale,
        LossScaleGoodSteps = Session.LossScaleGoodSteps,
    }, CheckpointJson.Default.CheckpointPosition);

    private static SessionState SessionAt(CheckpointPosition position, float[] weights, float[] mean, float[] variance, float[]? average) => new()
    {
        Step = position.SessionStep,
        OptimizerStep = position.OptimizerStep,
        Metrics = position.Metrics,
        LossScale = position.LossScale,
        LossScaleGoodSteps = position.LossScaleGoodSteps,
        Weights = weights,
        Mean = mean,
        Variance = variance,
        Average = average,
    };

    private static string Hash(string run, IEnumerable<ReadOnlyMemory<float>> tensors)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(MemoryMarshal.AsBytes(run.AsSpan()));
        foreach (var tensor in tensors)
            hash.AppendData(MemoryMarshal.AsBytes(tensor.Span));
        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
