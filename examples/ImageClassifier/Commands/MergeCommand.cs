using System.CommandLine;

namespace Tlb.Examples.ImageClassifier;

/// <summary><c>merge --shards FOLDER --output FILE.csv</c>: one table of those that <c>score --shard</c> wrote, as <c>score</c> writes it without.</summary>
internal static class MergeCommand
{
    private static readonly ProgramOption<string> Shards = new("--shards", "The folder of the shards and their manifests.") { Required = true, HelpName = "folder" };
    private static readonly ProgramOption<string> Output = new("--output", "The file to write, of the same kind as the shards'. - for standard output, as CSV.") { Required = true, HelpName = "file" };

    private static readonly ProgramOption<string?> BadList = new(
        ScoreCommand.BadList.Name, $"A file for the joined lists of images that can't be read, of the same kind as the shards'. Where there are any the status is {ExitStatus.BadImagesListed}.") { HelpName = "file" };

    public static Command Create()
    {
        var command = new Command("merge", "Checks that all shards of a scoring are there, and joins them.") { Shards, Output, BadList };
        command.SetCancellableAction(Run);
        return command;
    }

    private static int Run(ParseResult arguments, CancellationToken cancellation)
    {
        // Texts of the shards are as they are to be: what begins like a formula has its apostrophe already.
        var targets = ScoreTargets.Check(arguments.GetRequiredValue(Output), arguments.GetValue(BadList), isRaw: false, shard: null) with { IsRaw = true };
        ImageClassifier.Output.ThrowIfSame(("--output", targets.Output.Path), (BadList.Name, targets.BadList?.Path));
        var shards = ShardSet.Read(arguments.GetRequiredValue(Shards));
        shards.Check(targets);
        if (targets.BadList is { } list)
            TableFormat.Write(list, ScoreTable.BadColumns, targets.IsRaw, table => shards.MergeBadLists(table, cancellation));
        TableFormat.Write(targets.Output, shards.Columns, targets.IsRaw, table => shards.Merge(table, cancellation));
        Console.WriteLine(FormattableString.Invariant($"Merged {shards.Count:N0} shards."));
        shards.Counts.Write(targets.Output, targets.BadList);
        return shards.Counts.Bad > 0 && targets.BadList is not null ? ExitStatus.BadImagesListed : ExitStatus.Done;
    }
}
