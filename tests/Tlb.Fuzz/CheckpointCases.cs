using Tlb.Core;

namespace Tlb.Fuzz;

/// <summary>Checkpoints that are damaged: each is refused by name, or is the one that was written.</summary>
internal sealed class CheckpointCases : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tlb-fuzz-").FullName;
    private readonly byte[] _file;
    private readonly Checkpoint _checkpoint;

    public CheckpointCases(Random random)
    {
        var weights = Draw.Weights(TlbConfig.Tiny, random).Values;
        var session = new SessionState { Step = 5, OptimizerStep = 5, Metrics = new(3, 2.5, 1), Weights = weights, Mean = weights, Variance = weights, Average = weights };
        var position = new CheckpointPosition { Run = new Dictionary<string, string> { ["Seed"] = "1" }, Epoch = 2, Step = 3, Elapsed = TimeSpan.FromSeconds(9), History = new() { Epochs = [] } };
        _checkpoint = new(position, session, weights);
        _checkpoint.Save(Path);
        _file = File.ReadAllBytes(Path);
    }

    private string Path => System.IO.Path.Combine(_folder, "checkpoint.safetensors");

    /// <summary>Bits turned over or bytes cut off.</summary>
    public void Damage(Random random)
    {
        var damaged = random.Next(4) == 0 ? _file[..random.Next(_file.Length)] : (byte[])_file.Clone();
        var most = random.Next(2) == 0 ? damaged.Length : Math.Min(damaged.Length, 1500);   // the header is short beside the values
        if (most > 0)
            damaged[random.Next(most)] ^= (byte)(1 << random.Next(8));
        File.WriteAllBytes(Path, damaged);
        Checkpoint loaded;
        try
        {
            loaded = Checkpoint.Load(Path);
        }
        catch (Exception e) when (e is InvalidDataException or System.Text.Json.JsonException or FormatException or ArgumentException)   // CheckpointFolder's
        {
            return;
        }
        if (!loaded.Session.Weights.AsSpan().SequenceEqual(_checkpoint.Session.Weights) || !loaded.Session.Average.AsSpan().SequenceEqual(_checkpoint.Session.Average)
            || !loaded.BestWeights.AsSpan().SequenceEqual(_checkpoint.BestWeights) || (loaded.Position.Epoch, loaded.Position.Step, loaded.Session.Step) != (2, 3, 5))
            throw new CaseFailedException("a damaged checkpoint loads, and is another");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
