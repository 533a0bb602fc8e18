namespace Tlb.Examples.ImageClassifier;

/// <summary>What of a training run options are about: a command takes those that concern it.</summary>
[Flags]
internal enum SettingScopes
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The whole run: its length, its rates, its end, its checkpoints.</summary>
    Run = 1,

    /// <summary>A step: where and how exactly it is computed, the loss, the update.</summary>
    Step = 2,

    /// <summary>The network, and the images that it sees.</summary>
    Images = 4,

    /// <summary>All.</summary>
    All = Run | Step | Images,
}
