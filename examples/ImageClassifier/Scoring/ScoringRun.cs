using Tlb.ML;

namespace Tlb.Examples.ImageClassifier;

/// <summary>Scores images into files.</summary>
/// <param name="scorer">The scorer.</param>
/// <param name="images">Its images.</param>
/// <param name="table">The table of their scores.</param>
/// <param name="targets">Where they are written.</param>
/// <param name="skipsBad">Whether images that can't be read are left out; else the first is an error.</param>
internal sealed class ScoringRun(ImageScorer scorer, ImageList images, ScoreTable table, ScoreTargets targets, bool skipsBad)
{
    /// <summary>Scores them.</summary>
    /// <param name="identity">What the rows depend on; null where nobody has to know.</param>
    /// <param name="isResumable">Whether it goes on where another was interrupted.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>The status to end with.</returns>
    public int Score(IReadOnlyDictionary<string, string>? identity, bool isResumable, CancellationToken cancellation)
    {
        if (isResumable && IsComplete(identity!) is { } done)
        {
            Console.WriteLine($"{targets.Output} is complete already, as its manifest says.");
            return End(done);
        }
        return isResumable ? ScoreOn(identity!, cancellation) : ScoreAtOnce(identity, cancellation);
    }

    private int ScoreAtOnce(IReadOnlyDictionary<string, string>? identity, CancellationToken cancellation)
    {
        var counts = new ScoreCounts();
        var (hash, badHash) = ("", (string?)null);
        hash = TableFormat.Write(targets.Output, table.Columns, targets.IsRaw, rows =>
        {
            if (targets.BadList is { } list)
                badHash = TableFormat.Write(list, ScoreTable.BadColumns, targets.IsRaw, bad => Run(rows, bad));
            else
                Run(rows, bad: null);
        });
        WriteManifest(identity, hash, badHash, counts);
        return End(counts);

        void Run(TableWriter rows, TableWriter? bad)
        {
            ScoreInto(rows, bad, start: 0, counts, _ => { }, cancellation);
            ThrowIfNone(counts);
        }
    }

    /// <summary>Goes on where an earlier process was, if one was, and writes the outputs when all is done: whenever it is killed, it can be gone on with.</summary>
    private int ScoreOn(IReadOnlyDictionary<string, string> identity, CancellationToken cancellation)
    {
        using var unfinished = new UnfinishedScores(targets.Output, identity, table.Columns);
        if (unfinished.Done > 0)
        {
            Console.WriteLine(FormattableString.Invariant($"Goes on after {unfinished.Done:N0} of {images.Count:N0} images."));
            unfinished.Bad.ForEach(row => Report(new(row[0].Text, row[1].Text)));
        }
        try
        {
            ScoreInto(unfinished.Rows, unfinished.Bad, unfinished.Done, unfinished.Counts, unfinished.Advance, cancellation);
        }
        catch (OperationCanceledException)
        {
            unfinished.Commit();
            throw new ScoringStoppedException(FormattableString.Invariant($"Cancelled. {unfinished.Done:N0} of {images.Count:N0} images are done; the same command goes on with the others."));
        }
        catch (InvalidDataException)                                         // an image that can't be read: it may be mended, or left out
        {
            unfinished.Commit();
            throw;
        }
        unfinished.Commit();
        ThrowIfNone(unfinished.Counts);
        var badHash = targets.BadList is { } list ? TableFormat.Write(list, ScoreTable.BadColumns, targets.IsRaw, bad => unfinished.Bad.ForEach(row => bad.Write(row))) : null;
        var hash = TableFormat.Write(targets.Output, table.Columns, targets.IsRaw, rows => unfinished.Rows.ForEach(row => rows.Write(row)));
        WriteManifest(identity, hash, badHash, unfinished.Counts);
        unfinished.Delete();
        return End(unfinished.Counts);
    }

    private void ScoreInto(TableWriter rows, TableWriter? bad, int start, ScoreCounts counts, Action<int> onDone, CancellationToken cancellation)
    {
        var known = scorer.Names.ToHashSet(StringComparer.Ordinal);
        using var progress = new ScoringProgress(images.Count, start);
        scorer.Run(start, OnScored, OnBad, OnDone, cancellation);

        void OnScored(int index, string predicted, ReadOnlySpan<float> scores)
        {
            counts.Scored++;
            if (table.Fill(images.PathOf(index), predicted, scores))
            {
                counts.Rows++;
                rows.Write(table.Row);
            }
            var label = images.LabelOf(index);
            if (!known.Contains(label))
                return;
            counts.Labelled++;
            if (label == predicted)
                counts.Correct++;
        }

        void OnBad(int index, BadImage image)
        {
            Report(image);
            counts.Bad++;
            bad?.Write([images.PathOf(index), LeftOut.Problem(image)]);
        }

        void OnDone(int done)
        {
            onDone(done);
            progress.Show(done);
        }
    }

    /// <summary>Says that an image can't be read, unless a list will: that is an error, where they aren't to be left out.</summary>
    private void Report(BadImage image)
    {
        if (targets.BadList is null)
            LeftOut.Callback(skipsBad)(image);
    }

    /// <summary>What was counted in a shard that is there already, of the same run; null where there is none.</summary>
    private ScoreCounts? IsComplete(IReadOnlyDictionary<string, string> identity)
    {
        var path = ShardManifest.PathOf(targets.Output.Path!);
        return targets.Shard is not null && File.Exists(path) && File.Exists(targets.Output.Path) && ShardManifest.Read(path) is var manifest
            && RunIdentity.Difference(identity, manifest.Run) is null && manifest.BadList == BadListPath && manifest.Sha256 == RunIdentity.HashOf(targets.Output.Path)
            ? manifest.Counts
            : null;
    }

    private string? BadListPath => targets.BadList is { } list ? Path.GetRelativePath(Path.GetDirectoryName(targets.Output.Path)!, list.Path!) : null;

    private void WriteManifest(IReadOnlyDictionary<string, string>? identity, string hash, string? badHash, ScoreCounts counts)
    {
        if (targets.Shard is { } shard)
            new ShardManifest(Path.GetFileName(targets.Output.Path!), hash, shard.Number, shard.Count, identity!, table.Columns, counts, BadListPath, badHash)
                .Write(ShardManifest.PathOf(targets.Output.Path!));
    }

    /// <summary>Fails where there is nothing to show: but for a shard, which may be without images, and where a list says why.</summary>
    private void ThrowIfNone(ScoreCounts counts)
    {
        if (counts.Scored == 0 && targets.Shard is null && targets.BadList is null)
            throw new ArgumentException($"{images} holds no usable images.");
    }

    private int End(ScoreCounts counts)
    {
        counts.Write(targets.Output, targets.BadList);
        return counts.Bad > 0 && targets.BadList is not null ? ExitStatus.BadImagesListed : ExitStatus.Done;
    }
}
