using System.CommandLine;
using Tlb.Core;

namespace Tlb.Examples.ImageClassifier;

/// <summary>What is said of a command line that can't be understood.</summary>
internal static class WrongUse
{
    /// <summary>All that is wrong, in one line, with what may have been meant.</summary>
    public static string Text(ParseResult arguments)
    {
        var command = arguments.CommandResult.Command;
        string[] names = [.. command.Subcommands.Select(each => each.Name), .. command.Options.Select(option => option.Name)];
        var meant = arguments.UnmatchedTokens.Select(token => NearestName.Find(token.Split('=')[0], names) is { } nearest ? $"Did you mean '{nearest}'?" : null);
        var help = string.Join(' ', arguments.RootCommandResult.Command == command ? ["--help"] : new[] { command.Name, "--help" });
        return string.Join(' ', arguments.Errors.Select(error => error.Message).Concat(meant.OfType<string>()).Append($"'{help}' says what there is."));
    }
}
