namespace Tlb.Examples.ImageClassifier;

/// <summary>All shards of a scoring, as their manifests say.</summary>
internal sealed class ShardSet
{
    private readonly string _folder;
    private readonly List<(string Path, ShardManifest Manifest)> _shards;

    private ShardSet(string folder, List<(string Path, ShardManifest Manifest)> shards) => (_folder, _shards) = (folder, shards);

    /// <summary>What was counted in all.</summary>
    public ScoreCounts Counts => _shards.Aggregate(new ScoreCounts(), (sum, shard) => sum + shard.Manifest.Counts);

    /// <summary>How many there are.</summary>
    public int Count => _shards.Count;

    /// <summary>The columns of the scores.</summary>
    public IReadOnlyList<Column> Columns => _shards[0].Manifest.Columns;

    /// <summary>Whether all have a list of images that can't be read; null where some have.</summary>
    public bool? HaveBadLists => _shards.Select(shard => shard.Manifest.BadList is not null).Distinct().ToList() is [var all] ? all : null;

    /// <summary>Reads all manifests of a folder, and checks that they and their files are those of one scoring, each once.</summary>
    /// <exception cref="InvalidDataException">They are not: the message names all that is wrong.</exception>
    public static ShardSet Read(string folder)
    {
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"The folder of shards '{folder}' doesn't exist.");
        var shards = Directory.EnumerateFiles(folder, $"*{ShardManifest.Ending}").Order(StringComparer.Ordinal).Select(path => (Path: path, Manifest: ShardManifest.Read(path))).ToList();
        if (shards.Count == 0)
            throw new InvalidDataException($"The folder '{folder}' has no manifests of shards (*{ShardManifest.Ending}), which score --shard writes when a shard is complete.");
        var set = new ShardSet(folder, shards);
        var problems = set.FindForeign().Concat(set.FindRepeated()).Concat(set.FindMissing()).ToList();
        if (problems.Count == 0)
            problems = [.. set.FindOtherFiles()];
        return problems.Count == 0 ? set : throw new InvalidDataException($"The shards in '{folder}' can't be merged: {string.Join("; ", problems)}.");
    }

    /// <summary>Fails where a table can't be made of them.</summary>
    public void Check(ScoreTargets targets)
    {
        var first = _shards[0].Manifest;
        CheckFormat("--output", targets.Output, first.File);
        if (targets.BadList is null)
            return;
        if (HaveBadLists != true)
            throw new ArgumentException($"{ScoreCommand.BadList.Name} is given, but {(HaveBadLists is null ? "not all" : "none")} of the shards have such a list.");
        CheckFormat(ScoreCommand.BadList.Name, targets.BadList, first.BadList!);

        static void CheckFormat(string option, Output output, string shard)
        {
            if (TableFormat.Of(output) != TableFormat.Of(shard))
                throw new ArgumentException($"{option} is '{output}'; expected a file that ends in {Path.GetExtension(shard)}, as those of the shards do.");
        }
    }

    /// <summary>Joins the tables of scores.</summary>
    public void Merge(TableWriter table, CancellationToken cancellation) => Merge(Columns, manifest => manifest.File, table, cancellation);

    /// <summary>Joins the lists of images that can't be read.</summary>
    public void MergeBadLists(TableWriter table, CancellationToken cancellation) => Merge(ScoreTable.BadColumns, manifest => manifest.BadList!, table, cancellation);

    /// <summary>Those of other scorings than the first's.</summary>
    private IEnumerable<string> FindForeign()
    {
        var (firstPath, first) = _shards[0];
        foreach (var (path, manifest) in _shards.Skip(1))
        {
            if (Difference(manifest, first) is { } difference)
                yield return $"'{Name(path)}' is of another scoring than '{Name(firstPath)}': {difference}";
        }
    }

    private static string? Difference(ShardManifest here, ShardManifest there)
    {
        if (here.Shards != there.Shards)
            return FormattableString.Invariant($"it is one of {here.Shards} shards here, {there.Shards} there");
        if (TableFormat.Of(here.File) != TableFormat.Of(there.File))
            return $"its file ends in {Path.GetExtension(here.File)} here, {Path.GetExtension(there.File)} there";
        return RunIdentity.Difference(Shared(here), Shared(there)) ?? (here.Columns.SequenceEqual(there.Columns) ? null : "it has other columns");

        static Dictionary<string, string> Shared(ShardManifest manifest) => manifest.Run.Where(part => part.Key != "--shard").ToDictionary(StringComparer.Ordinal);
    }

    private IEnumerable<string> FindRepeated() => _shards.GroupBy(shard => shard.Manifest.Shard).Where(group => group.Count() > 1)
        .Select(group => FormattableString.Invariant($"shard {group.Key} is there more than once: {string.Join(", ", group.Select(shard => $"'{Name(shard.Path)}'"))}"));

    private IEnumerable<string> FindMissing()
    {
        var count = _shards[0].Manifest.Shards;
        var missing = Enumerable.Range(1, count).Except(_shards.Select(shard => shard.Manifest.Shard)).ToList();
        if (missing.Count > 0)
            yield return FormattableString.Invariant($"of {count} shards {string.Join(", ", missing)} {(missing.Count == 1 ? "is" : "are")} missing");
    }

    /// <summary>Files that are not those that the manifests are of.</summary>
    private IEnumerable<string> FindOtherFiles() => _shards.SelectMany(shard => new[]
    {
        Problem(shard.Path, shard.Manifest.File, shard.Manifest.Sha256), shard.Manifest.BadList is { } list ? Problem(shard.Path, list, shard.Manifest.BadListSha256!) : null,
    }).OfType<string>();

    private string? Problem(string manifest, string file, string sha256)
    {
        var path = Path.Combine(_folder, file);
        return !File.Exists(path) ? $"'{file}' is missing, which '{Name(manifest)}' is of"
            : RunIdentity.HashOf(path) != sha256 ? $"'{file}' is not the file that '{Name(manifest)}' is of: score that shard again"
            : null;
    }

    private static string Name(string path) => Path.GetFileName(path);

    private void Merge(IReadOnlyList<Column> columns, Func<ShardManifest, string> file, TableWriter table, CancellationToken cancellation) =>
        TableMerge.Write([.. _shards.Select(shard => Path.Combine(_folder, file(shard.Manifest)))], columns, table, cancellation);
}
