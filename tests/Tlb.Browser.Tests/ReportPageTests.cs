namespace Tlb.Browser.Tests;

/// <summary>The report in a browser.</summary>
public sealed class ReportPageTests(Chromium chromium, Report report) : IClassFixture<Chromium>, IClassFixture<Report>
{
    [Theory]
    [InlineData(ColorScheme.Light, 1280)]
    [InlineData(ColorScheme.Dark, 1280)]
    [InlineData(ColorScheme.Light, 390)]
    [InlineData(ColorScheme.Dark, 390)]
    public async Task It_has_no_error_asks_for_nothing_and_can_be_read_by_everyone(ColorScheme scheme, int width)
    {
        await using var context = await chromium.Browser.NewContextAsync(new() { ColorScheme = scheme, ViewportSize = new() { Width = width, Height = 900 } });
        var page = await context.NewPageAsync();
        var (problems, requests) = (new List<string>(), new List<string>());
        page.Console += (_, message) => problems.Add(message.Text);
        page.PageError += (_, error) => problems.Add(error);
        page.Request += (_, request) => requests.Add(request.Url);
        await page.GotoAsync(new Uri(report.Path).AbsoluteUri, new() { WaitUntil = WaitUntilState.NetworkIdle });

        Assert.Empty(problems);
        Assert.Equal(new Uri(report.Path).AbsoluteUri, Assert.Single(requests, url => !url.StartsWith("data:", StringComparison.Ordinal)));
        Assert.Equal("Report on model.zip", await page.TitleAsync());
        Assert.Equal(["Training", "Classes", "Which class is taken for which", "Are probabilities what they say?", "The most confident mistakes", "Training images", "The model", "To do it again"], await page.Locator("h2").AllInnerTextsAsync());
        var pictures = page.Locator("svg image");
        Assert.True(await pictures.CountAsync() > 24);
        // The paper of pictures is that of the page, in the dark too.
        var paper = await page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor");
        Assert.Equal(scheme == ColorScheme.Dark ? "rgb(20, 23, 26)" : "rgb(255, 255, 255)", paper);
        Assert.All(await page.EvaluateAsync<string[]>("[...document.querySelectorAll('svg .paper')].map(each => getComputedStyle(each).fill)"), fill => Assert.Equal(paper, fill));
        await Accessibility.Check(page);
    }

    [Fact]
    public async Task The_keyboard_reaches_every_section_and_whatever_scrolls()
    {
        await using var context = await chromium.Browser.NewContextAsync();
        var page = await context.NewPageAsync();
        await page.GotoAsync(new Uri(report.Path).AbsoluteUri);
        var reached = new List<string>();
        for (var i = 0; i < 100; i++)
        {
            await page.Keyboard.PressAsync("Tab");
            var place = await page.EvaluateAsync<string>("(e => e === document.body ? '' : e.getAttribute('href') ?? (e.className || e.localName))(document.activeElement)");
            if (place.Length == 0)
                break;
            reached.Add(place);
        }
        Assert.Equal(["#main", "#curves", "#classes", "#confusion", "#calibration", "#mistakes", "#images", "#model", "#again"], reached.Where(place => place[0] == '#'));
        Assert.Equal(await page.Locator(".wide").CountAsync(), reached.Count(place => place == "wide"));
        Assert.Equal("summary", reached[^1]);
        await page.Keyboard.PressAsync("Shift+Tab");                         // back from the end of the page
        await page.Keyboard.PressAsync("Enter");
        Assert.Contains("\"epoch\": 8", await page.Locator("details pre").InnerTextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_prints_in_black_on_white_on_a_few_pages()
    {
        await using var context = await chromium.Browser.NewContextAsync(new() { ColorScheme = ColorScheme.Dark });
        var page = await context.NewPageAsync();
        await page.GotoAsync(new Uri(report.Path).AbsoluteUri);
        await page.EmulateMediaAsync(new() { Media = Media.Print });
        Assert.Equal("rgb(255, 255, 255)", await page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor"));
        Assert.False(await page.Locator("nav").IsVisibleAsync());
        var pdf = System.Text.Encoding.Latin1.GetString(await page.PdfAsync(new() { PreferCSSPageSize = true }));
        var boxes = System.Text.RegularExpressions.Regex.Matches(pdf, @"/MediaBox \[0 0 (\d+)[.\d]* (\d+)[.\d]*\]");
        Assert.InRange(boxes.Count, 2, 8);
        Assert.All(boxes, box => Assert.Equal(("594", "841"), (box.Groups[1].Value, box.Groups[2].Value)));   // A4, in points
    }
}
