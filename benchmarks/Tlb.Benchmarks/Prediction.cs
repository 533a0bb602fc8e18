namespace Tlb.Benchmarks;

/// <summary>What a prediction engine gives.</summary>
internal sealed class Prediction
{
    public float[] Score { get; set; } = [];
}
