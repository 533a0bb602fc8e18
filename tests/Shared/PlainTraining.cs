namespace Tlb.Tests;

/// <summary>Training without a recipe, for tests that follow each step.</summary>
internal static class PlainTraining
{
    /// <summary>Sets options to AdamW at a constant rate, with nothing clipped and images as they are.</summary>
    public static T Plain<T>(this T options) where T : TrainingOptions
    {
        (options.Optimizer, options.LearningRateSchedule, options.WeightDecay) = (OptimizerKind.AdamW, new(), 1e-4f);
        (options.GradientClipNorm, options.Augmentation) = (null, new());
        return options;
    }
}
