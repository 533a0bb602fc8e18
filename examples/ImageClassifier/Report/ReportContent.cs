using System.Xml.Linq;

namespace Tlb.Examples.ImageClassifier;

/// <summary>What a report is made of.</summary>
internal sealed record ReportContent
{
    /// <summary>The model's file, without its folder.</summary>
    public required string ModelName { get; init; }

    /// <summary>What was measured, and on which images.</summary>
    public required Evaluation Evaluation { get; init; }

    /// <summary>Which images it was measured on, in words.</summary>
    public required string MeasuredOn { get; init; }

    /// <summary>The curves of the training; null where no epoch was trained.</summary>
    public required XElement? Curves { get; init; }

    /// <summary>The most confident mistakes with what the network attended to; null where there are none.</summary>
    public required XElement? Mistakes { get; init; }

    /// <summary>Images of the training; null where they are not at hand.</summary>
    public required XElement? TrainingImages { get; init; }

    /// <summary>Facts of the model, each with its name.</summary>
    public required IReadOnlyList<(string Name, string Value)> ModelCard { get; init; }

    /// <summary>All options of the training, as JSON; null where they are not known.</summary>
    public required string? Options { get; init; }

    /// <summary>The command that makes the report again, and in training the model too.</summary>
    public required string Command { get; init; }
}
