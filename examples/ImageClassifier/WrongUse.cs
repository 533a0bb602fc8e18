using System.CommandLine;

namespace Tlb.Examples.ImageClassifier;

/// <summary>What is said of a command line that can't be understood.</summary>
internal static class WrongUse
{
    private const int MostSlips = 2;

    /// <summary>All that is wrong, in one line, with what may have been meant.</summary>
    public static string Text(ParseResult arguments)
    {
        var command = arguments.CommandResult.Command;
        string[] names = [.. command.Subcommands.Select(each => each.Name), .. command.Options.Select(option => option.Name)];
        var meant = arguments.UnmatchedTokens.Select(token => token.Split('=')[0]).Where(token => token.Length > MostSlips)
            .Select(token => names.MinBy(name => Slips(token, name)) is { } nearest && Slips(token, nearest) <= MostSlips ? $"Did you mean '{nearest}'?" : null);
        var help = string.Join(' ', arguments.RootCommandResult.Command == command ? ["--help"] : new[] { command.Name, "--help" });
        return string.Join(' ', arguments.Errors.Select(error => error.Message).Concat(meant.OfType<string>()).Append($"'{help}' says what there is."));
    }

    /// <summary>The letters to put in, take out or replace to make one word of another (Levenshtein).</summary>
    private static int Slips(string from, string to)
    {
        var row = Enumerable.Range(0, to.Length + 1).ToArray();
        for (var i = 1; i <= from.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= to.Length; j++)
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (from[i - 1] == to[j - 1] ? 0 : 1)));
        }
        return row[^1];
    }
}
