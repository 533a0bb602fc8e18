using System.Text.Json.Serialization;

namespace Tlb.Core;

/// <summary>How the learning rate goes on after the warm-up. Written in JSON by name; read in any case ("cosine").</summary>
[JsonConverter(typeof(JsonStringEnumConverter<LearningRateScheduleKind>))]
public enum LearningRateScheduleKind
{
    /// <summary>It stays at its peak.</summary>
    Constant,

    /// <summary>It falls along half a cosine, from its peak to <see cref="LearningRateSchedule.FinalShare"/> of it (PyTorch: <c>CosineAnnealingLR</c>).</summary>
    Cosine,

    /// <summary>
    /// It rises in a straight line from <see cref="LearningRateSchedule.InitialShare"/> of its peak over the first
    /// <see cref="LearningRateSchedule.RisingShare"/> of all steps, then falls along half a cosine to
    /// <see cref="LearningRateSchedule.FinalShare"/> of it. The phases are those of PyTorch's <c>OneCycleLR</c>, whose rise by
    /// default is half a cosine too; momentum stays as it is.
    /// </summary>
    OneCycle,

    /// <summary>It is multiplied by <see cref="LearningRateSchedule.Gamma"/> every <see cref="LearningRateSchedule.StepEpochs"/> epochs (PyTorch: <c>StepLR</c>).</summary>
    Step,
}
