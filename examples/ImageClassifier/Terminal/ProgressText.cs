using System.Globalization;
using Spectre.Console;

namespace Tlb.Examples.ImageClassifier;

/// <summary>How far something is, in a line.</summary>
internal static class ProgressText
{
    private const int LongestBar = 30;
    private const int ShortestBar = 8;

    /// <summary>Makes a line. Where there are few characters, the bar is shorter, and then what matters least is left out.</summary>
    /// <param name="head">What is done.</param>
    /// <param name="done">How much of it, from 0 to 1.</param>
    /// <param name="more">What else there is to say; the last is left out first.</param>
    /// <param name="width">The most characters.</param>
    public static string Line(string head, double done, List<string> more, int width)
    {
        var share = FormattableString.Invariant($"{Math.Floor(100 * done)} %");
        while (more.Count > 0 && Room() < ShortestBar)
            more.RemoveAt(more.Count - 1);
        var bar = Room() < ShortestBar ? "" : Bar(done, Math.Min(Room(), LongestBar)) + "  ";
        var text = $"{head}  {bar}{string.Join("  ", more.Prepend(share))}";
        return text.Length <= width ? text : text[..width];

        int Room() => width - head.Length - 2 - 2 - share.Length - more.Sum(part => part.Length + 2);
    }

    /// <summary>A time as hours, minutes and seconds.</summary>
    public static string Time(TimeSpan time) => time.TotalHours >= 1
        ? string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(time.TotalHours)}:{time:mm\\:ss}")
        : time.ToString(@"m\:ss", CultureInfo.InvariantCulture);

    private static string Bar(double done, int length)
    {
        var (full, rest) = AnsiConsole.Profile.Capabilities.Unicode ? ('█', '░') : ('#', '.');
        var count = (int)(done * length);
        return new string(full, count) + new string(rest, length - count);
    }
}
