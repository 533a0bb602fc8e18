using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Tlb.Examples.Service;

namespace Tlb.Service.Tests;

/// <summary>The service in this process, on a port of its own.</summary>
internal sealed class RunningService : IAsyncDisposable
{
    private RunningService(WebApplication app)
    {
        App = app;
        Client = new(new SocketsHttpHandler { MaxConnectionsPerServer = int.MaxValue }) { BaseAddress = new(app.Urls.Single()) };
    }

    public WebApplication App { get; }

    public HttpClient Client { get; }

    public static async Task<RunningService> Start(string model, params string[] settings)
    {
        var app = ServiceApp.Create(["--model", model, "--urls", "http://127.0.0.1:0", .. settings]);
        await app.StartAsync();
        return new(app);
    }

    /// <summary>Posts an image and gives the status with the answer's JSON.</summary>
    public Task<(HttpStatusCode Status, JsonElement Answer)> Post(byte[] image, string query = "") => Post(new ByteArrayContent(image), query);

    public async Task<(HttpStatusCode Status, JsonElement Answer)> Post(HttpContent content, string query = "")
    {
        using var response = await Client.PostAsync(new Uri($"classify{query}", UriKind.Relative), content);
        return (response.StatusCode, JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement);
    }

    /// <summary>The status and the problem of an image that is refused.</summary>
    public async Task<(int Status, string Problem)> Refusal(byte[] image, string query = "")
    {
        var (status, answer) = await Post(image, query);
        return ((int)status, answer.GetProperty("detail").GetString()!);
    }

    public async Task<JsonElement> Model() => JsonDocument.Parse(await Client.GetStringAsync(new Uri("model", UriKind.Relative))).RootElement;

    /// <summary>The probabilities in an answer, in the order of the classes' names.</summary>
    public static float[] Scores(JsonElement answer) =>
        [.. answer.GetProperty("classes").EnumerateArray().OrderBy(each => each.GetProperty("name").GetString(), StringComparer.Ordinal).Select(each => each.GetProperty("probability").GetSingle())];

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await App.DisposeAsync();
    }
}
