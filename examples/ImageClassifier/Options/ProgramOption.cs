using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Tlb.Examples.ImageClassifier;

/// <summary>An option with all that <c>--help</c> says of it.</summary>
internal sealed class ProgramOption<T> : Option<T>, IDescribedOption
{
    private readonly string? _default;

    /// <summary>Makes an option.</summary>
    /// <param name="name">Its name, with the dashes.</param>
    /// <param name="description">What it does, in a sentence or more.</param>
    public ProgramOption(string name, string description)
        : base(name)
    {
        Description = description;
        if (Number("").IsNumber)
            CustomParser = ParseNumber;
        else if (typeof(T) == typeof(float[]))
            CustomParser = ParseNumbers;
    }

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

    /// <summary>Reads the option's text; what it throws is said of the command line.</summary>
    public Func<string, T> Parse
    {
        init => CustomParser = result =>
        {
            try
            {
                return value(result.Tokens[^1].Value);
            }
            catch (FormatException e)
            {
                result.AddError(e.Message);
                return default;
            }
        };
    }

    /// <summary>Reads a number as it is written in C# and JSON, whatever the system's language: 0,001 is no number, and not a thousand times as much.</summary>
    private T? ParseNumber(ArgumentResult result)
    {
        var text = result.Tokens[^1].Value;
        if (Number(text).Value is { } value)
            return (T)value;
        result.AddError($"Cannot parse argument '{text}' for option '{Name}': expected a number such as {(Number("0.5").Value is null ? "10" : "0.001")}.");
        return default;
    }

    private T? ParseNumbers(ArgumentResult result)
    {
        var numbers = new float[result.Tokens.Count];
        for (var i = 0; i < numbers.Length; i++)
            if (!float.TryParse(result.Tokens[i].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[i]))
                result.AddError($"Cannot parse argument '{result.Tokens[i].Value}' for option '{Name}': expected numbers such as 0.5.");
        return (T)(object)numbers;
    }

    /// <summary>Whether the option takes a number, and the number that a text is; null where it is none.</summary>
    private static (bool IsNumber, object? Value) Number(string text)
    {
        var type = Nullable.GetUnderlyingType(typeof(T)) ?? typeof(T);
        return type == typeof(int) ? (true, int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? whole : null)
            : type == typeof(long) ? (true, long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var large) ? large : null)
            : type == typeof(float) ? (true, float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var single) ? single : null)
            : type == typeof(double) ? (true, double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null)
            : (false, null);
    }

    /// <summary>A value as it is given on the command line; null for none.</summary>
    public static string? Text(object? value) => value is bool isOn ? isOn ? "on" : "off" : value is null ? null : FormattableString.Invariant($"{value}");
}
