using Deque.AxeCore.Playwright;

namespace Tlb.Browser.Tests;

/// <summary>What every page has to be.</summary>
internal static class Accessibility
{
    /// <summary>Checks that everyone can read a page: axe's rules, and no part is wider than the window.</summary>
    public static async Task Check(IPage page)
    {
        Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), "The page is wider than the window.");
        var found = await page.RunAxe();
        Assert.True(found.Violations.Length == 0, string.Join(Environment.NewLine, found.Violations.SelectMany(rule => rule.Nodes.Select(node => $"{rule.Id}: {rule.Help}: {node.Html}"))));
    }
}
