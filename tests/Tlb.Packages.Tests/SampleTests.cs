using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Tlb.Packages.Tests;

/// <summary>The file-based samples, run as their first lines say, and the notebook.</summary>
[Collection(SharedPackages.Name)]
public sealed class SampleTests(Packages packages)
{
    private const int MostLines = 60;

    private string Samples => Path.Combine(packages.Repository, "examples", "Samples");

    [Fact]
    public void A_model_is_trained_looked_at_explained_evaluated_and_scored()
    {
        var trained = Sample("train.cs", "flowers", "model.zip", "4");
        Assert.Matches(@"(?m)^epoch 4 of 4: loss [\d.]+, validation accuracy [\d.]+", trained);
        Assert.Contains("classes  3: left, middle, right", trained, StringComparison.Ordinal);

        Assert.Contains("Wrote page.html.", Sample("look.cs", "flowers", "page.html"), StringComparison.Ordinal);
        Assert.Equal(48, Regex.Count(File.ReadAllText(packages["page.html"]), "<img "));

        var explained = Sample("explain.cs", "model.zip", "others/left/000.png", "overlay.png");
        Assert.Equal(3, Regex.Count(explained, @"(?m)^ *[\d.]+ ?%  (left|middle|right)$"));
        using (var overlay = MLImage.CreateFromFile(packages["overlay.png"]))
            Assert.Equal((32, 32), (overlay.Width, overlay.Height));

        Assert.Matches(@"accuracy [\d.]+ ?%, macro accuracy", Sample("evaluate.cs", "model.zip", "others"));

        var scores = Sample("score.cs", "model.zip", "others").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Assert.Equal("path,predicted,probability", scores[0]);
        Assert.Equal(12, scores.Length - 1);
        Assert.All(scores[1..], line => Assert.Matches(@"^"".+[0-9]{3}\.png"",""(left|middle|right)"",[01]\.[0-9]{4}$", line));
    }

    [Fact]
    public async Task A_service_classifies_what_is_posted_and_refuses_what_is_no_image()
    {
        if (!File.Exists(packages["model.zip"]))
            Sample("train.cs", "flowers", "model.zip", "4");
        File.Copy(Path.Combine(Samples, "serve.cs"), packages["serve.cs"], overwrite: true);
        using var process = packages.Start(packages[""], "dotnet", "run", "serve.cs", "--", "model.zip", "--urls", "http://127.0.0.1:0");
        using var client = new HttpClient { BaseAddress = new(process.ReadUntil(@"Now listening on: (http\S+)").Groups[1].Value) };
        Assert.Equal("ok", await client.GetStringAsync(new Uri("health", UriKind.Relative)));
        using var answer = await Post(await File.ReadAllBytesAsync(packages["others/left/000.png"]));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        Assert.Equal(["left", "middle", "right"], json.RootElement.EnumerateArray().Select(each => each.GetProperty("name").GetString()).Order());
        Assert.Equal(1, json.RootElement.EnumerateArray().Sum(each => each.GetProperty("probability").GetDouble()), 1e-5);
        using var refused = await Post([1, 2, 3]);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);

        async Task<HttpResponseMessage> Post(byte[] bytes)
        {
            using var content = new ByteArrayContent(bytes);
            return await client.PostAsync(new Uri("classify", UriKind.Relative), content);
        }
    }

    [Fact]
    public void The_cells_of_the_notebook_run()
    {
        using var notebook = JsonDocument.Parse(File.ReadAllText(Path.Combine(Samples, "classify.ipynb")));
        var cells = notebook.RootElement.GetProperty("cells").EnumerateArray().Where(cell => cell.GetProperty("cell_type").GetString() == "code")
            .Select(cell => string.Concat(cell.GetProperty("source").EnumerateArray().Select(line => line.GetString()))).ToList();
        var program = Regex.Replace(string.Join("\n\n", cells), @"(?m)^#r ""nuget: (\S+), (\S+)""", "#:package $1@$2\n#:property PublishAot=false");
        File.WriteAllText(packages["notebook.cs"], program.Replace("epochs = 30", "epochs = 2", StringComparison.Ordinal));
        var output = packages.Run(packages[""], "dotnet", "run", "notebook.cs");
        Assert.Contains("epoch 2 of 2: loss", output, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^.+\.png: (left|middle|right)$", output);
        Assert.All(["flowers.zip", "curves.svg", "overlay.png"], file => Assert.True(File.Exists(packages[file]), file));
    }

    [Fact]
    public void A_sample_fits_a_screen_and_names_the_version_that_is_packed()
    {
        var version = Regex.Match(Path.GetFileName(Directory.GetFiles(packages["feed"], "Tlb.ML.Tool.*.nupkg").Single()), @"Tool\.(.+)\.nupkg").Groups[1].Value;
        var files = Directory.GetFiles(Samples, "*.cs");
        Assert.Equal(6, files.Length);
        Assert.All(files, file =>
        {
            Assert.InRange(File.ReadAllLines(file).Length, 10, MostLines);
            Assert.Contains($"#:package Tlb.ML@{version}", File.ReadAllText(file), StringComparison.Ordinal);
        });
    }

    private string Sample(string name, params string[] arguments)
    {
        File.Copy(Path.Combine(Samples, name), packages[name], overwrite: true);
        return packages.Run(packages[""], "dotnet", ["run", name, "--", .. arguments]);
    }
}
