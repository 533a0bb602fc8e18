using Tlb.Service.Tests;

namespace Tlb.Browser.Tests;

/// <summary>The service's page: a picture is dropped, and what it shows is read.</summary>
public sealed class ServicePageTests(Chromium chromium, Models models) : IClassFixture<Chromium>, IClassFixture<Models>
{
    [Theory]
    [InlineData(ColorScheme.Light, 1280)]
    [InlineData(ColorScheme.Dark, 1280)]
    [InlineData(ColorScheme.Light, 390)]
    [InlineData(ColorScheme.Dark, 390)]
    public async Task A_chosen_picture_is_classified(ColorScheme scheme, int width)
    {
        await using var service = await RunningService.Start(models["first.zip"]);
        await using var context = await chromium.Browser.NewContextAsync(new() { ColorScheme = scheme, ViewportSize = new() { Width = width, Height = 900 } });
        var (page, problems) = await Open(context, service);
        await Accessibility.Check(page);

        await page.Locator("#file").SetInputFilesAsync(new FilePayload { Name = "picture.png", MimeType = "image/png", Buffer = models.Images[0] });
        await page.Locator("#answer").WaitForAsync();
        var scores = models.Scores["first.zip"][0];
        var names = new[] { "left", "middle", "right" }.Zip(scores).OrderByDescending(each => each.Second).Select(each => each.First).ToArray();
        Assert.Equal(FormattableString.Invariant($"{names[0]}, {100 * scores.Max():F1}%"), await page.Locator("#best").InnerTextAsync());
        Assert.Equal(names, await page.Locator("#classes th").AllInnerTextsAsync());
        Assert.Equal(scores.Max(), await page.Locator("#classes meter").First.EvaluateAsync<float>("meter => meter.value"), 1e-6f);   // JavaScript reads the text of a float
        foreach (var picture in new[] { "#picture", "#attention" })
            Assert.Equal(8, await page.Locator(picture).EvaluateAsync<int>("async image => { await image.decode(); return image.naturalWidth; }"));
        await Accessibility.Check(page);
        await Screenshot(page, $"service-{scheme}-{width}");
        Assert.Empty(problems);
    }

    [Fact]
    public async Task A_dropped_picture_is_classified_and_what_is_none_is_said_to_be_none()
    {
        await using var service = await RunningService.Start(models["first.zip"]);
        await using var context = await chromium.Browser.NewContextAsync();
        var (page, problems) = await Open(context, service);
        await Drop(page, "note.txt", "no image"u8.ToArray());
        await page.Locator("#problem").WaitForAsync();
        Assert.Equal("The image can't be read: the file is not a JPEG, PNG, BMP, GIF or WebP image.", await page.Locator("#problem").InnerTextAsync());
        Assert.False(await page.Locator("#answer").IsVisibleAsync());
        await Accessibility.Check(page);
        Assert.Contains("400", Assert.Single(problems), StringComparison.Ordinal);   // the browser's own line of a refused request

        await Drop(page, "picture.png", models.Images[1]);
        await page.Locator("#answer").WaitForAsync();
        Assert.False(await page.Locator("#problem").IsVisibleAsync());
        Assert.Equal(3, await page.Locator("#classes tr").CountAsync());

        await service.App.StopAsync();
        await Drop(page, "picture.png", models.Images[1]);
        await page.Locator("#problem").WaitForAsync();
        Assert.Equal("The service can't be reached. Try again.", await page.Locator("#problem").InnerTextAsync());
    }

    [Fact]
    public async Task The_keyboard_chooses_a_file()
    {
        await using var service = await RunningService.Start(models["first.zip"]);
        await using var context = await chromium.Browser.NewContextAsync();
        var (page, _) = await Open(context, service);
        var chooser = new TaskCompletionSource<IFileChooser>();
        page.FileChooser += (_, opened) => chooser.TrySetResult(opened);     // some calls before the key: the browser then knows that it is waited for
        await page.Keyboard.PressAsync("Tab");
        Assert.Equal("file", await page.EvaluateAsync<string>("document.activeElement.id"));
        await page.Keyboard.PressAsync("Enter");
        await (await chooser.Task.WaitAsync(TimeSpan.FromMinutes(1))).SetFilesAsync(new FilePayload { Name = "picture.png", MimeType = "image/png", Buffer = models.Images[2] });
        await page.Locator("#answer").WaitForAsync();
    }

    private static async Task<(IPage Page, List<string> Problems)> Open(IBrowserContext context, RunningService service)
    {
        var page = await context.NewPageAsync();
        var problems = new List<string>();
        page.Console += (_, message) => problems.Add(message.Text);
        page.PageError += (_, error) => problems.Add(error);
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(service.Client.BaseAddress!.ToString(), StringComparison.Ordinal) && !request.Url.StartsWith("data:", StringComparison.Ordinal) && !request.Url.StartsWith("blob:", StringComparison.Ordinal))
                problems.Add(request.Url);
        };
        await page.GotoAsync(service.Client.BaseAddress!.ToString(), new() { WaitUntil = WaitUntilState.NetworkIdle });
        Assert.Equal("What does the picture show?", await page.TitleAsync());
        Assert.Matches(@"^first\.zip: 3 classes \(left, middle, right\), [\d,]+ parameters, pictures of 8 x 8 pixels\.$", await page.Locator("#model").InnerTextAsync());
        return (page, problems);
    }

    private static async Task Drop(IPage page, string name, byte[] bytes)
    {
        var transfer = await page.EvaluateHandleAsync(
            "({ name, bytes }) => { const transfer = new DataTransfer(); transfer.items.add(new File([Uint8Array.from(atob(bytes), letter => letter.charCodeAt(0))], name)); return transfer; }",
            new { name, bytes = Convert.ToBase64String(bytes) });
        await page.DispatchEventAsync("#drop", "drop", new { dataTransfer = transfer });
    }

    /// <summary>A picture to look at, where a folder for it is named.</summary>
    private static async Task Screenshot(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("TLB_SCREENSHOTS") is { } folder)
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}.png"), FullPage = true });
    }
}
