using System.Globalization;
using Tlb.Tests;

namespace Tlb.Service.Tests;

/// <summary>The service as a process.</summary>
public sealed class ProgramTests(Models models) : IClassFixture<Models>
{
    [Fact]
    public async Task It_answers_and_ends_when_it_is_told_to()
    {
        if (OperatingSystem.IsWindows())
            return;                                                          // there is no kill
        using var process = Start("--model", models["first.zip"], "--urls", "http://127.0.0.1:0");
        using var client = new HttpClient { BaseAddress = new(process.ReadUntil(@"Now listening on: (http\S+)").Groups[1].Value) };
        using var content = new ByteArrayContent(models.Images[0]);
        using var answer = await client.PostAsync(new Uri("classify", UriKind.Relative), content);
        Assert.True(answer.IsSuccessStatusCode);
        Assert.Contains("<h1>", await client.GetStringAsync(new Uri("", UriKind.Relative)), StringComparison.Ordinal);
        using var kill = new ChildProcess("kill", "-TERM", process.Id.ToString(CultureInfo.InvariantCulture));
        Assert.Equal(0, kill.ExitCode);
        Assert.Equal(0, process.ExitCode);
    }

    [Fact]
    public void What_is_wrong_is_said_in_a_line()
    {
        Assert.Equal("error: --model is missing; expected the path of a model file; --workers is 0; expected 1 or more.", Error("--workers", "0"));
        Assert.StartsWith($"error: Could not find file '{models["nowhere.zip"]}'", Error("--model", models["nowhere.zip"]), StringComparison.Ordinal);
        Assert.StartsWith($"error: The model '{models["data/left/0000.jpg"]}' can't be loaded: ", Error("--model", models["data/left/0000.jpg"]), StringComparison.Ordinal);
        Assert.StartsWith($"error: The model '{models["paths-only.zip"]}' does not read images with DecodeImages, which takes bytes;", Error("--model", models["paths-only.zip"]), StringComparison.Ordinal);
        Assert.Contains("MaximumBytes", Error("--model", models["first.zip"], "--maximumBytes", "many"), StringComparison.Ordinal);
    }

    private static ChildProcess Start(params string[] arguments) => new("dotnet", [Path.Combine(AppContext.BaseDirectory, "tlb-service.dll"), .. arguments]);

    private static string Error(params string[] arguments)
    {
        using var process = Start(arguments);
        Assert.Equal(1, process.ExitCode);
        return Assert.Single(process.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
    }
}
