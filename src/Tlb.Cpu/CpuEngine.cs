namespace Tlb.Cpu;

/// <summary>Computes networks with vector instructions in C#, on all cores, without libtorch.</summary>
internal sealed class CpuEngine : IEngine
{
    /// <inheritdoc/>
    public string Description =>
        $"vector kernels (CPU, Float32, {32 * Registers.WideLanes}-bit, {Cores.Count} thread{(Cores.Count == 1 ? "" : "s")})";

    /// <inheritdoc/>
    public IScorer CreateScorer(NetworkWeights weights, long workMemory = WorkLimit.Default)
    {
        ArgumentNullException.ThrowIfNull(weights);
        return new CpuScorer(weights, workMemory);
    }

    /// <inheritdoc/>
    public ITrainingSession StartTraining(NetworkWeights weights, SessionOptions options)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(options);
        return new CpuTrainingSession(weights, options);
    }
}
