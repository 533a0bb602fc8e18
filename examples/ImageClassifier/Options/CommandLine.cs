using System.CommandLine;

namespace Tlb.Examples.ImageClassifier;

/// <summary>The command that the program was started with.</summary>
internal static class CommandLine
{
    private const string Safe = "-_./:=,+@%";

    /// <summary>The command as it can be given to a shell again.</summary>
    public static string Text(ParseResult arguments) => string.Join(' ', arguments.Tokens.Select(token => Quote(token.Value)).Prepend(arguments.RootCommandResult.Command.Name));

    private static string Quote(string text) => text.Length > 0 && text.All(letter => char.IsLetterOrDigit(letter) || Safe.Contains(letter, StringComparison.Ordinal))
        ? text
        : $"'{text.Replace("'", @"'\''", StringComparison.Ordinal)}'";
}
