using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using static Tlb.ML.Tests.ImageClassifierProgram;

namespace Tlb.ML.Tests;

/// <summary>Shards, and what <c>merge</c> makes of them.</summary>
public sealed class ScoreShardTests(ScoreModel model) : IClassFixture<ScoreModel>, IDisposable
{
    private const int Shards = 3;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("csv")]
    [InlineData("jsonl")]
    [InlineData("parquet")]
    public void Merged_shards_are_the_file_of_a_scoring_without(string kind)
    {
        model.CopyMany(_folder["many"], 25_000);                             // several groups of rows of Parquet in each
        foreach (var odd in OperatingSystem.IsWindows() ? ["a,b.jpg"] : new[] { "a,b.jpg", "a\"b.jpg", "a\nb.jpg", "é–\U0001F600.jpg" })
            File.Copy(_folder["many/left/000000.jpg"], _folder[$"many/left/{odd}"]);
        File.WriteAllText(_folder["many/middle/000100.png"], "no image");
        File.WriteAllText(_folder["many/left/000003.jpg"], "no image");
        string[] options = ["--top", "2", "--above", "0.35"];
        var whole = Score(3, [.. options, "--output", _folder[$"whole.{kind}"], "--bad-list", _folder[$"whole.bad.{kind}"]]);
        ScoreShards(kind, 3, options);
        var merged = Merge(3, "--output", _folder[$"merged.{kind}"], "--bad-list", _folder[$"merged.bad.{kind}"]);
        Assert.Equal(File.ReadAllBytes(_folder[$"whole.{kind}"]), File.ReadAllBytes(_folder[$"merged.{kind}"]));
        Assert.Equal(File.ReadAllBytes(_folder[$"whole.bad.{kind}"]), File.ReadAllBytes(_folder[$"merged.bad.{kind}"]));
        Assert.Equal($"Merged {Shards} shards.\n{whole.Replace("whole", "merged", StringComparison.Ordinal)}", merged.ReplaceLineEndings("\n"));
    }

    [Fact]
    public void An_image_is_in_the_shard_that_the_documentation_says()
    {
        const int Four = 4;                                                  // of three, the order of the hash's bytes would make no difference
        var total = 0;
        for (var shard = 1; shard <= Four; shard++)
        {
            Score(0, ["--output", _folder[$"shards/{shard}.csv"], "--shard", $"{shard}/{Four}"], model.Images);
            foreach (var line in File.ReadLines(_folder[$"shards/{shard}.csv"]).Skip(1))
            {
                var path = Path.GetRelativePath(model.Images, line.Split(',')[0]).Replace('\\', '/');
                Assert.Equal((ulong)shard - 1, BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(path))) % Four);
                total++;
            }
        }
        Assert.Equal(ScoreModel.Count, total);
    }

    [Fact]
    public void Shards_that_are_not_all_or_not_of_one_scoring_are_refused_by_name()
    {
        Assert.Contains("has no manifests of shards", Merge(1, "--output", _folder["merged.csv"]), StringComparison.Ordinal);
        ScoreShards("csv", 0, [], model.Images);
        Merge(0, "--output", _folder["merged.csv"]);
        Assert.Contains("expected a file that ends in .csv, as those of the shards do.", Merge(1, "--output", _folder["merged.jsonl"]), StringComparison.Ordinal);
        Assert.Contains("--bad-list is given, but none of the shards have such a list.", Merge(1, "--output", _folder["merged.csv"], "--bad-list", _folder["bad.csv"]), StringComparison.Ordinal);
        var merged = File.ReadAllBytes(_folder["merged.csv"]);

        File.Copy(_folder["shards/3.csv.manifest.json"], _folder["shards/again.manifest.json"]);
        File.Delete(_folder["shards/2.csv.manifest.json"]);
        AssertRefused("shard 3 is there more than once: '3.csv.manifest.json', 'again.manifest.json'; of 3 shards 2 is missing.");
        File.Delete(_folder["shards/again.manifest.json"]);
        AssertRefused("of 3 shards 2 is missing.");
        Score(0, ["--output", _folder["shards/2.csv"], "--shard", "2/4"], model.Images);
        AssertRefused("'2.csv.manifest.json' is of another scoring than '1.csv.manifest.json': it is one of 4 shards here, 3 there.");
        Score(0, ["--output", _folder["shards/2.csv"], "--shard", "2/3", "--mirror"], model.Images);
        AssertRefused("'2.csv.manifest.json' is of another scoring than '1.csv.manifest.json': --mirror is on here, as the model says there.");

        Score(0, ["--output", _folder["shards/2.csv"], "--shard", "2/3"], model.Images);
        Merge(0, "--output", _folder["merged.csv"]);
        File.AppendAllText(_folder["shards/2.csv"], "\n");
        AssertRefused("'2.csv' is not the file that '2.csv.manifest.json' is of: score that shard again.");
        File.Delete(_folder["shards/2.csv"]);
        AssertRefused("'2.csv' is missing, which '2.csv.manifest.json' is of.");
        File.WriteAllText(_folder["shards/2.csv.manifest.json"], "{}");
        Assert.Contains("2.csv.manifest.json' is no manifest of a shard.", Merge(1, "--output", _folder["merged.csv"]), StringComparison.Ordinal);
        Assert.Equal(merged, File.ReadAllBytes(_folder["merged.csv"]));

        // A folder that has changed between the shards.
        model.CopyMany(_folder["many"], 30);
        ScoreShards("csv", 0, []);
        File.Delete(_folder["many/left/000000.jpg"]);
        Score(0, ["--output", _folder["shards/2.csv"], "--shard", "2/3"]);
        Assert.Matches("images is 29 with paths of SHA-256 [0-9a-f]{64} here, 30 with paths of SHA-256", Merge(1, "--output", _folder["merged.csv"]));

        void AssertRefused(string problem) =>
            Assert.Equal($"error: The shards in '{_folder["shards"]}' can't be merged: {problem}", Merge(1, "--output", _folder["merged.csv"]).TrimEnd());
    }

    [Fact]
    public void A_shard_may_be_empty_and_is_scored_once()
    {
        model.CopyMany(_folder["many"], 1);
        foreach (var kind in new[] { "csv", "jsonl", "parquet" })
        {
            for (var shard = 1; shard <= 2; shard++)                         // one of them has no image
                Score(0, ["--output", _folder[$"shards/{shard}.{kind}"], "--shard", $"{shard}/2"]);
            Merge(0, "--output", _folder[$"merged.{kind}"]);
            Score(0, ["--output", _folder[$"whole.{kind}"]]);
            Assert.Equal(File.ReadAllBytes(_folder[$"whole.{kind}"]), File.ReadAllBytes(_folder[$"merged.{kind}"]));
            Directory.Delete(_folder["shards"], recursive: true);
        }

        Score(0, ["--output", _folder["shards/1.csv"], "--shard", "1/1", "--resume"]);
        var manifest = JsonNode.Parse(File.ReadAllText(_folder["shards/1.csv.manifest.json"]))!;
        Assert.Equal((1, 1, 1L), ((int)manifest["shard"]!, (int)manifest["shards"]!, (long)manifest["counts"]!["rows"]!));
        Assert.Contains("is complete already, as its manifest says.", Score(0, ["--output", _folder["shards/1.csv"], "--shard", "1/1", "--resume"]), StringComparison.Ordinal);
        File.AppendAllText(_folder["shards/1.csv"], "\n");                   // no more: it is scored again
        Assert.DoesNotContain("is complete already", Score(0, ["--output", _folder["shards/1.csv"], "--shard", "1/1", "--resume"]), StringComparison.Ordinal);
        Assert.Equal(2, File.ReadAllLines(_folder["shards/1.csv"]).Length);
        Assert.DoesNotContain("is complete already", Score(0, ["--output", _folder["shards/1.csv"], "--shard", "1/1", "--resume", "--top", "1"]), StringComparison.Ordinal);
    }

    private void ScoreShards(string kind, int expected, string[] options, string? data = null)
    {
        Directory.CreateDirectory(_folder["shards"]);
        for (var shard = 1; shard <= Shards; shard++)
        {
            string[] bad = expected == 3 ? ["--bad-list", _folder[$"shards/{shard}.bad.{kind}"]] : [];
            var (status, output) = Run(["score", "--model", model.Path, "--data", data ?? _folder["many"], "--output", _folder[$"shards/{shard}.{kind}"], "--shard", $"{shard}/{Shards}", .. bad, .. options]);
            Assert.True(status == 0 || status == expected, $"{status}: {output}");
        }
    }

    private string Score(int expected, string[] arguments, string? data = null)
    {
        Directory.CreateDirectory(_folder["shards"]);
        var (status, output) = Run(["score", "--model", model.Path, "--data", data ?? _folder["many"], .. arguments]);
        Assert.True(status == expected, $"{status}: {output}");
        return output;
    }

    private string Merge(int expected, params string[] arguments)
    {
        Directory.CreateDirectory(_folder["shards"]);
        var (status, output) = Run(["merge", "--shards", _folder["shards"], .. arguments]);
        Assert.True(status == expected, $"{status}: {output}");
        return output;
    }
}
