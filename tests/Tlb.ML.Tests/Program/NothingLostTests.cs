using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Tlb.Tests;
using static Tlb.ML.Tests.ImageClassifierProgram;
using static Tlb.ML.Tests.TestImages;

namespace Tlb.ML.Tests;

/// <summary>Hours of training are not lost to what could have been known before, nor to what goes wrong after them.</summary>
public sealed class NothingLostTests : IDisposable
{
    private static readonly string[] TinyNetwork = [.. PlainTiny, "--batch-size", "16"];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("{ \"scoreColumnName\": \"X\" }", "scoreColumnName is 'X'; this program names its columns itself: leave it out.")]
    [InlineData("{ \"predictedLabelColumnName\": \"X\" }", "predictedLabelColumnName is 'X'; this program names its columns itself: leave it out.")]
    [InlineData("{ \"featureColumnName\": \"X\" }", "featureColumnName is 'X'; this program names its columns itself: leave it out.")]
    [InlineData("{ \"labelColumnName\": \"X\" }", "labelColumnName is 'X'; this program names its columns itself: leave it out.")]
    [InlineData("{ \"exampleWeightColumnName\": \"X\" }", "exampleWeightColumnName is 'X'; this program names its columns itself: leave it out.")]
    [InlineData("{ \"augmentation\": null }", "'augmentation' is null; leave it out for its default.")]
    [InlineData("{ \"epoch\": 1, \"epoch\": 2 }", "Duplicate property 'epoch'")]
    [InlineData("{ \"classWeights\": [0, 0, 0] }", "Options.ClassWeights is 0, 0, 0; expected 0 to 1000000 each, and one above 0.")]
    [InlineData("{ \"classWeights\": [1, 1e38, 1] }", "Options.ClassWeights is 1, 1E+38, 1; expected 0 to 1000000 each, and one above 0.")]
    public void A_file_of_options_that_can_not_be_used_to_the_end_is_refused_at_the_beginning(string json, string message)
    {
        File.WriteAllText(_folder["options.json"], json);
        AssertRefused(message, ["--options", _folder["options.json"]]);
    }

    [Theory]
    [InlineData("--checkpoint-minutes", "NaN", "--checkpoint-minutes is NaN; expected a number above zero")]
    [InlineData("--checkpoint-minutes", "Infinity", "--checkpoint-minutes is Infinity; expected a number above zero")]
    [InlineData("--checkpoint-minutes", "-Infinity", "--checkpoint-minutes is -Infinity; expected a number above zero")]
    [InlineData("--checkpoint-minutes", "1e300", "--checkpoint-minutes is 1E+300; expected a number above zero")]
    [InlineData("--checkpoint-minutes", "-1", "Options.CheckpointInterval is -00:01:00; expected above zero")]
    [InlineData("--checkpoint-minutes", "0", "Options.CheckpointInterval is 00:00:00; expected above zero")]
    [InlineData("--class-weights", "0,5", "Cannot parse argument '0,5' for option '--class-weights'")]
    [InlineData("--memory-budget", "1,000", "Cannot parse argument '1,000' for option '--memory-budget'")]
    [InlineData("--history", "no/such/folder/history.csv", "doesn't exist.")]
    [InlineData("--save-options", "no/such/folder/options.json", "doesn't exist.")]
    [InlineData("--history", "history.txt", "--history is 'history.txt'; expected a file that ends in .csv, .svg or .png.")]
    [InlineData("--save-options", ".", "is a folder; expected the path of a file to write.")]
    public void An_option_that_can_not_be_used_is_refused_at_the_beginning(string option, string value, string message) => AssertRefused(message, [option, value]);

    [Fact]
    public void Two_files_of_one_name_are_refused_at_the_beginning()
    {
        AssertRefused("--model and --save-options are all '", ["--save-options", _folder["model.zip"]]);
        File.WriteAllText(_folder["model.csv"], "a model");
        var (status, output) = Run(["score", "--model", _folder["model.csv"], "--data", _folder["data"], "--output", _folder["model.csv"]]);
        Assert.Equal(1, status);
        Assert.Contains("--output and --model are all '", output, StringComparison.Ordinal);
        Assert.Equal("a model", File.ReadAllText(_folder["model.csv"]));
    }

    [Fact]
    public void What_can_not_be_reported_does_not_lose_the_model()
    {
        Write(_folder["data"], 60);
        Directory.CreateDirectory(_folder["reports"]);
        using var process = Start(["train", "--data", _folder["data"], "--model", _folder["model.zip"], "--history", _folder["reports/history.csv"], "--epochs", "200", .. TinyNetwork]);
        WaitForEpoch(process);
        Directory.Delete(_folder["reports"], recursive: true);
        Assert.True(process.ExitCode == 1, process.Output);
        Assert.Matches(@"error: The model is saved in '.*model\.zip', but not all could be reported on it: .*history", process.Output);
        Assert.Contains("Temporal Latent Bottleneck,", process.Output, StringComparison.Ordinal);    // the rest is reported
        Assert.Contains("accuracy ", process.Output, StringComparison.Ordinal);
        Assert.NotNull(new MLContext().Model.Load(_folder["model.zip"], out _));
    }

    [Fact]
    public void A_model_that_can_not_be_saved_where_it_should_is_saved_elsewhere()
    {
        Write(_folder["data"], 60);
        Directory.CreateDirectory(_folder["models"]);
        Directory.CreateDirectory(_folder["temp"]);
        var start = StartInfo(["train", "--data", _folder["data"], "--model", _folder["models/model.zip"], "--epochs", "200", .. TinyNetwork]);
        start.Environment[OperatingSystem.IsWindows() ? "TMP" : "TMPDIR"] = _folder["temp"];
        using var process = new ChildProcess(start);
        WaitForEpoch(process);
        Directory.Delete(_folder["models"], recursive: true);
        Assert.True(process.ExitCode == 1, process.Output);
        Assert.Contains("The model is saved in '", process.Output, StringComparison.Ordinal);
        var saved = Assert.Single(Directory.GetFiles(_folder["temp"], "*.zip"));
        Assert.NotNull(new MLContext().Model.Load(saved, out _));
    }

    /// <summary>The system's own limit on the size of files is what a full disk is: writes fail in the midst.</summary>
    [Fact]
    public void Where_files_can_not_grow_checkpoints_are_warnings_and_what_was_there_stays()
    {
        if (!OperatingSystem.IsLinux())
            return;
        Write(_folder["data"], 60);
        string[] train = ["train", "--data", _folder["data"], "--model", _folder["model.zip"], "--checkpoints", _folder["checkpoints"], .. TinyNetwork];
        var whole = Run([.. train, "--epochs", "2"]);
        Assert.True(whole.Status == 0, whole.Output);
        var model = new FileInfo(_folder["model.zip"]).Length;
        var checkpoint = Directory.GetFiles(_folder["checkpoints"], "*.safetensors").Max(file => new FileInfo(file).Length);
        Assert.True(checkpoint > model + 8192, $"{checkpoint} and {model} bytes: too near to each other for a limit in between");
        var before = Snapshot("checkpoints");

        // A checkpoint is too large, the model is not: the training ends as it should, without checkpoints.
        var limited = Limited((checkpoint + model) / 2, [.. train, "--epochs", "4", "--resume"]);
        Assert.True(limited.Status == 0, limited.Output);
        Assert.Equal(["3", "4"], Regex.Matches(limited.Output, "(?m)^warning: A checkpoint could not be written after epoch (.);").Select(match => match.Groups[1].Value));
        Assert.Equal(before, Snapshot("checkpoints"));

        // The model is too large as well: the one that was there stays, and nothing half written.
        var old = Snapshot(".");
        var failed = Limited(model / 2, [.. train, "--epochs", "3", "--resume"]);
        Assert.True(failed.Status == 1, failed.Output);
        Assert.Contains("The model could not be saved in '", failed.Output, StringComparison.Ordinal);
        Assert.Equal(old, Snapshot("."));
        var scores = Limited(512, ["score", "--model", _folder["model.zip"], "--data", _folder["data"], "--output", _folder["scores.csv"]]);
        Assert.True(scores.Status == 1, scores.Output);
        Assert.Equal(old, Snapshot("."));
    }

    [Fact]
    public void A_folder_of_checkpoints_has_one_writer_also_when_it_is_killed()
    {
        Write(_folder["data"], 60);
        string[] train = ["train", "--data", _folder["data"], "--checkpoints", _folder["checkpoints"], "--resume", "--epochs", "1000000", .. TinyNetwork];
        using (var first = Start([.. train, "--model", _folder["first.zip"]]))
        {
            WaitForEpoch(first);
            var second = Run([.. train, "--model", _folder["second.zip"]]);
            Assert.Equal(1, second.Status);
            Assert.Contains($"is being written to by process {first.Id} on {Environment.MachineName}, since ", second.Output, StringComparison.Ordinal);
            Assert.DoesNotMatch("(?m)^ +1 ", second.Output);
            first.Kill();                                                    // it can let go of nothing
        }
        var third = Run(["train", "--data", _folder["data"], "--checkpoints", _folder["checkpoints"], "--resume", "--model", _folder["third.zip"], "--epochs", "1000001", "--early-stopping", "1", .. TinyNetwork]);
        Assert.Contains("is of another run: earlyStopping was null", third.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_torn_checkpoint_is_named_and_a_finished_run_goes_on()
    {
        Write(_folder["data"], 60);
        string[] train = ["train", "--data", _folder["data"], "--model", _folder["model.zip"], "--checkpoints", _folder["checkpoints"], "--history", _folder["history.csv"], .. TinyNetwork];
        Assert.Equal(0, Run([.. train, "--epochs", "3"]).Status);
        var newest = Directory.GetFiles(_folder["checkpoints"], "*.safetensors").Max(StringComparer.Ordinal)!;
        using (var torn = File.OpenWrite(newest))
            torn.SetLength(torn.Length - 100);
        var resumed = Run([.. train, "--epochs", "5", "--resume"]);
        Assert.True(resumed.Status == 0, resumed.Output);
        Assert.Matches($@"(?m)^warning: Checkpoint refused: '{Regex.Escape(newest)}' can't be read: cut short", resumed.Output);
        Assert.Equal(["epoch", "1", "2", "3", "4", "5"], File.ReadAllLines(_folder["history.csv"]).Select(line => line.Split(',')[0]));
    }

    [Fact]
    public void A_training_starts_from_a_saved_model_of_the_same_classes()
    {
        Write(_folder["data"], 60);
        Write(_folder["other"], 60);
        Directory.Move(_folder["other/left"], _folder["other/west"]);
        Write(_folder["fewer"], 60);
        Directory.Delete(_folder["fewer/left"], recursive: true);
        Assert.Equal(0, Train("data", "first.zip", "--epochs", "2").Status);

        // Without an epoch it is the same network, whatever the dropout and the images' folder.
        var same = Train("data", "same.zip", "--initial-weights", _folder["first.zip"], "--epochs", "0", "--dropout", "0.5");
        Assert.True(same.Status == 0, same.Output);
        Assert.Equal(Weights("first.zip"), Weights("same.zip"));
        var further = Train("data", "further.zip", "--initial-weights", _folder["first.zip"], "--epochs", "1");
        Assert.True(further.Status == 0, further.Output);
        Assert.NotEqual(Weights("first.zip"), Weights("further.zip"));

        AssertOther("first.zip' tells 3 classes (left, middle, right) apart; the images to train on are of 3 classes (middle, right, west).", Train("other", "x.zip", "--initial-weights", _folder["first.zip"]));
        AssertOther("first.zip' tells 3 classes (left, middle, right) apart; the images to train on are of 2 classes (middle, right).", Train("fewer", "x.zip", "--initial-weights", _folder["first.zip"]));
        AssertOther("first.zip' is another than that to train: NumberOfHeads is 1 there and 2 here.", Train("data", "x.zip", "--initial-weights", _folder["first.zip"], "--heads", "2"));
        File.WriteAllText(_folder["torn.zip"], "PK and no more");
        AssertOther("torn.zip' can't be opened as a model: ", Train("data", "x.zip", "--initial-weights", _folder["torn.zip"]));
        AssertOther("holds no Tlb network", Train("data", "x.zip", "--initial-weights", Keys()));
        AssertOther("InitialWeightsFile is '", Train("data", "x.zip", "--initial-weights", _folder["none.zip"]));

        (int Status, string Output) Train(string data, string model, params string[] more) => Run(["train", "--data", _folder[data], "--model", _folder[model], .. TinyNetwork, .. more]);

        void AssertOther(string message, (int Status, string Output) run)
        {
            Assert.Equal(1, run.Status);
            Assert.Contains(message, run.Output, StringComparison.Ordinal);
            Assert.False(File.Exists(_folder["x.zip"]));
        }
    }

    private string Keys()
    {
        var ml = new MLContext();
        var rows = ml.Data.LoadFromEnumerable(ImageFolder.Read(_folder["data"]));
        ml.Model.Save(ml.Transforms.Conversion.MapValueToKey("Label").Fit(rows), rows.Schema, _folder["keys.zip"]);
        return _folder["keys.zip"];
    }

    private float[] Weights(string model) =>
        ((IEnumerable<ITransformer>)new MLContext().Model.Load(_folder[model], out _)).OfType<TlbTransformer>().Single().Model.Weights.Values;

    /// <summary>Runs the program where no file may be larger than so many bytes.</summary>
    private static (int Status, string Output) Limited(long bytes, string[] arguments)
    {
        var start = new ProcessStartInfo("bash", ["-c", $"trap '' XFSZ; ulimit -f {bytes / 1024}; exec \"$@\"", "bash", "dotnet", Path.Combine(AppContext.BaseDirectory, "tlb-images.dll"), .. arguments]);
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0";             // it takes a file of its own, which is larger
        using var process = new ChildProcess(start);
        return (process.ExitCode, process.Output);
    }

    /// <summary>All files of a folder, and what is in them.</summary>
    private string Snapshot(string folder) => string.Join('\n', Directory.EnumerateFiles(_folder[folder]).Order(StringComparer.Ordinal)
        .Select(file => string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(file)} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file)))}")));

    private void AssertRefused(string message, string[] arguments)
    {
        Write(_folder["data"], 6);
        var before = Directory.EnumerateFileSystemEntries(_folder.Path).Order().ToList();
        var (status, output) = Run(["train", "--data", _folder["data"], "--model", _folder["model.zip"], .. arguments]);
        Assert.Equal(1, status);
        Assert.Contains(message, output, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"   at \w+\.\w", output);                           // no stack trace
        Assert.DoesNotContain("training loss", output, StringComparison.Ordinal);
        Assert.Equal(before, Directory.EnumerateFileSystemEntries(_folder.Path).Order());
    }
}
