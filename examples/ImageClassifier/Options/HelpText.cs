using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Spectre.Console;

namespace Tlb.Examples.ImageClassifier;

/// <summary>Writes what <c>--help</c> prints: every option under its heading, with its range and its default, in lines that fit a terminal.</summary>
internal sealed class HelpText : SynchronousCommandLineAction
{
    private const int Narrowest = 60;
    private const int Widest = 100;
    private const int TextColumn = 36;

    /// <summary>Has a program and all of its commands print this.</summary>
    public static void Use(RootCommand root) => root.Options.OfType<HelpOption>().Single().Action = new HelpText();

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        var command = parseResult.CommandResult.Command;
        var path = Path(command);
        // Those of the commands above, such as --help, hold for this one too.
        List<Option> options = [.. command.Options, .. path.SkipLast(1).SelectMany(parent => parent.Options.Where(option => option.Recursive))];
        var output = parseResult.InvocationConfiguration.Output;

        WriteLines(output, 0, command.Description ?? "");
        WriteHeading(output, "Usage");
        WriteLines(output, 2, Usage(path, options));
        if (command.Subcommands.Count > 0)
            WriteHeading(output, "Commands");
        foreach (var subcommand in command.Subcommands)
            WriteEntry(output, subcommand.Name, subcommand.Description ?? "");
        foreach (var group in options.GroupBy(option => option is IDescribedOption { Heading: var heading } ? heading : "Options"))
        {
            WriteHeading(output, group.Key);
            foreach (var option in group)
                WriteEntry(output, $"{option.Name}{Value(option)}", Describe(option));
        }
        return 0;
    }

    /// <summary>The commands from the program to this one.</summary>
    private static List<Command> Path(Command command) => [.. command.Parents.OfType<Command>().SelectMany(Path), command];

    private static string Usage(List<Command> path, List<Option> options)
    {
        var words = path.Select(command => command.Name)
            .Concat(path[^1].Subcommands.Count > 0 ? ["COMMAND"] : [])
            .Concat(options.Where(option => option.Required).Select(option => option.Name + Value(option)));
        return $"{string.Join(' ', words)} [options]";
    }

    /// <summary>What follows an option's name.</summary>
    private static string Value(Option option)
    {
        var type = Nullable.GetUnderlyingType(option.ValueType) ?? option.ValueType;
        if (option.HelpName is { } name)
            return $" <{name}>";
        if (type == typeof(bool) || option is not IDescribedOption)
            return "";
        return type == typeof(int) || type == typeof(long) ? " <integer>" : type == typeof(float[]) ? " <number>..." : type.IsPrimitive ? " <number>" : " <name>";
    }

    private static string Describe(Option option)
    {
        if (option is not IDescribedOption described)
            return option.Description ?? "";
        if (option.Required)
            return $"{option.Description} Required.";
        return described.Range is { } range
            ? $"{option.Description} {char.ToUpperInvariant(range[0])}{range[1..]}; default {described.Default}."
            : $"{option.Description} Default {described.Default}.";
    }

    private static void WriteHeading(TextWriter output, string heading)
    {
        output.WriteLine();
        output.WriteLine($"{heading}:");
    }

    private static void WriteEntry(TextWriter output, string name, string text)
    {
        output.Write($"  {name}".PadRight(TextColumn));
        WriteLines(output, TextColumn, text, isFirstIndented: true);
    }

    /// <summary>Writes a text in lines that fit the terminal, of at most <see cref="Widest"/> characters.</summary>
    private static void WriteLines(TextWriter output, int indent, string text, bool isFirstIndented = false)
    {
        var width = Math.Clamp(AnsiConsole.Profile.Width, Narrowest, Widest);
        var line = isFirstIndented ? "" : new string(' ', indent);
        var length = indent;
        foreach (var word in text.Split(' '))
        {
            if (length > indent && length + 1 + word.Length > width)
            {
                output.WriteLine(line);
                (line, length) = (new string(' ', indent), indent);
            }
            line += length > indent ? $" {word}" : word;
            length += length > indent ? word.Length + 1 : word.Length;
        }
        output.WriteLine(line);
    }
}
