namespace Tlb.Core;

/// <summary>Options that go well together, for runs of one length: <see cref="TrainingOptions(Recipe)"/>. Each can still be set otherwise.</summary>
/// <remarks>All take Muon, batches of 64, a rate that rises and falls once, a clipped gradient, and images that are shifted and mirrored.</remarks>
public enum Recipe
{
    /// <summary>10 epochs.</summary>
    Short,

    /// <summary>30 epochs: what <c>new TrainingOptions()</c> has.</summary>
    Standard,

    /// <summary>
    /// 100 epochs, with labels smoothed and colours and shapes changed as well (<see cref="AugmentationOptions.RandAugment"/>). Tlb.ML's trainer makes a
    /// model of it that scores mirror images too.
    /// </summary>
    Long,
}
