namespace Tlb.Core;

/// <summary>One step of a learning rate range test.</summary>
/// <param name="LearningRate">The learning rate of the step.</param>
/// <param name="Loss">The mean loss of the step's images, measured before its update.</param>
/// <param name="SmoothedLoss">The exponential moving average of the losses up to this one, corrected for its beginning at zero.</param>
public readonly record struct LearningRatePoint(float LearningRate, double Loss, double SmoothedLoss);
