using System.Net;
using System.Text;
using Tlb.Examples.Service;

namespace Tlb.Service.Tests;

/// <summary><c>POST /classify</c>: right answers, and clear ones for what is no image.</summary>
public sealed class ClassifyTests(Models models) : IClassFixture<Models>
{
    [Fact]
    public async Task The_probabilities_are_those_of_the_model()
    {
        await using var service = await RunningService.Start(models["first.zip"]);
        using var measured = new Measurements(service);
        for (var i = 0; i < models.Images.Count; i++)
        {
            var (status, answer) = await service.Post(models.Images[i]);
            Assert.Equal(HttpStatusCode.OK, status);
            Assert.Equal(models.Scores["first.zip"][i], RunningService.Scores(answer));
            Assert.Equal(models.Scores["first.zip"][i].Max(), answer.GetProperty("classes")[0].GetProperty("probability").GetSingle());
        }
        Assert.Equal(models.Images.Count, measured.Names.Count(name => name == "tlb.service.images classified"));
        Assert.All(measured.Values("tlb.service.classification.duration"), seconds => Assert.InRange(seconds, 1e-6, 60));

        using var asCurlSendsIt = new ByteArrayContent(models.Images[0]) { Headers = { ContentType = new("application/x-www-form-urlencoded") } };
        Assert.Equal(HttpStatusCode.OK, (await service.Post(asCurlSendsIt)).Status);
        var (_, one) = await service.Post(models.Images[0], "?top=1");
        Assert.Equal(1, one.GetProperty("classes").GetArrayLength());
        var model = await service.Model();
        Assert.Equal(["left", "middle", "right"], model.GetProperty("classes").EnumerateArray().Select(name => name.GetString()));
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(await File.ReadAllBytesAsync(models["first.zip"]))), model.GetProperty("sha256").GetString());
        Assert.Equal(model.GetProperty("sha256").GetString(), one.GetProperty("model").GetString());
        Assert.Equal("Healthy", await service.Client.GetStringAsync(new Uri("health", UriKind.Relative)));
    }

    [Fact]
    public async Task What_was_attended_to_comes_as_a_picture()
    {
        await using var service = await RunningService.Start(models["first.zip"]);
        Assert.Equal(System.Text.Json.JsonValueKind.Null, (await service.Post(models.Images[0])).Answer.GetProperty("attention").ValueKind);
        var (_, answer) = await service.Post(models.Images[0], "?attention=true");
        Assert.Equal(models.Scores["first.zip"][0], RunningService.Scores(answer));
        const string Start = "data:image/png;base64,";
        var address = answer.GetProperty("attention").GetString()!;
        Assert.StartsWith(Start, address, StringComparison.Ordinal);
        using var image = MLImage.CreateFromStream(new MemoryStream(Convert.FromBase64String(address[Start.Length..])));

        var ml = new MLContext();
        var network = ServedModel.Stages(ml.Model.Load(models["first.zip"], out _)).OfType<TlbTransformer>().Single();
        using var stored = MLImage.CreateFromStream(new MemoryStream(models.Images[0]));
        using var expected = network.Explain(stored).CreateOverlay();
        Assert.Equal(Colors(expected), Colors(image));
    }

    [Fact]
    public async Task What_is_no_image_is_refused_and_the_next_is_classified()
    {
        await using var service = await RunningService.Start(models["first.zip"], "--maximumBytes", "5000", "--maximumPixels", "64");
        using var measured = new Measurements(service);
        Assert.Equal((400, "The request is empty; expected the bytes of an image."), await service.Refusal([]));
        Assert.Equal((400, "The image can't be read: the file is not a JPEG, PNG, BMP, GIF or WebP image."), await service.Refusal("no image"u8.ToArray()));
        Assert.Equal((400, "The image can't be read: the file is cut short: its end is missing."), await service.Refusal(models.Images[0][..^80]));
        byte[] undecodable = [0xFF, 0xD8, 0xFF, 0xC0, 0, 11, 8, 0, 8, 0, 8, 1, 1, 0x11, 0, 0xFF, 0xD9];
        Assert.Equal((400, "The image can't be read: its content is damaged, or of a format that can't be decoded."), await service.Refusal(undecodable));
        Assert.Equal((400, "The image can't be read: its content is damaged, or of a format that can't be decoded."), await service.Refusal(undecodable, "?attention=true"));
        Assert.Equal((413, "The image has more than 5,000 bytes."), await service.Refusal(new byte[5001]));
        using (var chunked = new StreamContent(new UnknownLength(new byte[5001])))
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await service.Post(chunked)).Status);
        Assert.Equal((400, "top is 0; expected 1 or more."), await service.Refusal(models.Images[0], "?top=0"));
        using (var form = new MultipartFormDataContent { { new ByteArrayContent(models.Images[0]), "file", "image.png" } })
            Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await service.Post(form)).Status);
        using (var get = await service.Client.GetAsync(new Uri("classify", UriKind.Relative)))
            Assert.Equal(HttpStatusCode.MethodNotAllowed, get.StatusCode);

        var (status, answer) = await service.Post(models.Images[0]);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(models.Scores["first.zip"][0], RunningService.Scores(answer));
        Assert.Equal(9, measured.Names.Count(name => name == "tlb.service.images refused"));
    }

    [Fact]
    public async Task Pictures_of_more_pixels_than_allowed_are_not_decoded()
    {
        await using var service = await RunningService.Start(models["first.zip"], "--maximumPixels", "63");
        Assert.Equal((400, "The image can't be read: the image is 8x8 pixels; expected no more than 63 in all. Make it smaller, or raise maximumPixels."), await service.Refusal(models.Images[0]));
    }

    [Fact]
    public async Task Too_many_requests_at_a_time_are_told_to_come_again()
    {
        await using var service = await RunningService.Start(models["first.zip"], "--maximumRequests", "2");
        using var measured = new Measurements(service);
        using GatedContent one = new(models.Images[0]), two = new(models.Images[1]);
        Task<(HttpStatusCode Status, System.Text.Json.JsonElement Answer)>[] waiting = [service.Post(one), service.Post(two)];
        measured.WaitFor(Measurements.Begun, count: 2);
        using var third = await service.Client.PostAsync(new Uri("classify", UriKind.Relative), new ByteArrayContent(models.Images[2]));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, third.StatusCode);
        Assert.Equal("1", third.Headers.GetValues("Retry-After").Single());
        Assert.Equal("Healthy", await service.Client.GetStringAsync(new Uri("health", UriKind.Relative)));
        one.Release();
        two.Release();
        Assert.All(await Task.WhenAll(waiting), each => Assert.Equal(HttpStatusCode.OK, each.Status));
        Assert.Equal(HttpStatusCode.OK, (await service.Post(models.Images[2])).Status);
    }

    [Fact]
    public async Task A_stop_lets_what_has_begun_come_to_its_end()
    {
        await using var service = await RunningService.Start(models["first.zip"]);
        using var measured = new Measurements(service);
        using var content = new GatedContent(models.Images[0]);
        var answer = service.Post(content);
        measured.WaitFor(Measurements.Begun);
        var stop = service.App.StopAsync();
        Assert.False(stop.IsCompleted);
        content.Release();
        Assert.Equal(HttpStatusCode.OK, (await answer).Status);
        await stop;
        await Assert.ThrowsAsync<HttpRequestException>(() => service.Post(models.Images[0]));
    }

    [Fact]
    public async Task The_page_and_its_parts_are_there()
    {
        await using var service = await RunningService.Start(models["first.zip"]);
        using var page = await service.Client.GetAsync(new Uri("", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.StartsWith("default-src 'none'", page.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        foreach (var part in new[] { "page.css", "page.js" })
            Assert.Contains(part, await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.NotEmpty(await service.Client.GetStringAsync(new Uri("page.css", UriKind.Relative)));
        Assert.NotEmpty(await service.Client.GetStringAsync(new Uri("page.js", UriKind.Relative)));
    }

    /// <summary>Red, green and blue, whatever their order in memory.</summary>
    private static List<(byte, byte, byte)> Colors(MLImage image)
    {
        var (red, blue) = image.PixelFormat == MLPixelFormat.Rgba32 ? (0, 2) : (2, 0);
        return [.. image.Pixels.ToArray().Chunk(4).Select(pixel => (pixel[red], pixel[1], pixel[blue]))];
    }

    /// <summary>A stream that does not say how long it is: what is read of it is sent in chunks.</summary>
    private sealed class UnknownLength(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
