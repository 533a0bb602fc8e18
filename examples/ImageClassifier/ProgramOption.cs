using System.CommandLine;

namespace Tlb.Examples.ImageClassifier;

/// <summary>An option with all that <c>--help</c> says of it.</summary>
internal sealed class ProgramOption<T> : Option<T>, IDescribedOption
{
    private readonly string? _default;

    /// <summary>Makes an option.</summary>
    /// <param name="name">Its name, with the dashes.</param>
    /// <param name="description">What it does, in a sentence or more.</param>
    public ProgramOption(string name, string description)
        : base(name) => Description = description;

    /// <inheritdoc/>
    public string Heading { get; init; } = "Options";

    /// <inheritdoc/>
    public string? Range { get; init; } = typeof(T).IsEnum ? $"one of {string.Join(", ", Enum.GetNames(typeof(T)))}" : null;

    /// <inheritdoc/>
    public string Default
    {
        get => _default ?? Text(HasDefaultValue ? GetDefaultValue() : default(T)) ?? "none";
        init => _default = value;
    }

    /// <summary>A value as it is given on the command line; null for none.</summary>
    public static string? Text(object? value) => value is bool isOn ? isOn ? "on" : "off" : value is null ? null : FormattableString.Invariant($"{value}");
}
