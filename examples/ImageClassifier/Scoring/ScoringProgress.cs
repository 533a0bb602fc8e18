using System.Diagnostics;
using Spectre.Console;

namespace Tlb.Examples.ImageClassifier;

/// <summary>Shows in a terminal how far a scoring is: its rate, and the time left at that rate.</summary>
internal sealed class ScoringProgress : IDisposable
{
    private static readonly TimeSpan BetweenDrawings = TimeSpan.FromMilliseconds(100);

    /// <summary>Before that the rate says little: code is compiled for the first images.</summary>
    private static readonly TimeSpan FirstGuess = TimeSpan.FromSeconds(2);

    private readonly int _total;
    private readonly int _start;
    private readonly Stopwatch _running = Stopwatch.StartNew();
    private readonly Stopwatch _sinceDrawing = Stopwatch.StartNew();
    private readonly ProgressLine? _line;

    /// <summary>Begins to show it.</summary>
    /// <param name="total">How many images there are.</param>
    /// <param name="start">How many of them an earlier process has done.</param>
    public ScoringProgress(int total, int start)
    {
        (_total, _start) = (total, start);
        if (AnsiConsole.Profile.Capabilities is { Interactive: true, Ansi: true })
            _line = new(AnsiConsole.Console, width => Line(start, width));
    }

    /// <summary>Says how many images are done.</summary>
    public void Show(int done)
    {
        if (_line is null || _sinceDrawing.Elapsed < BetweenDrawings)
            return;
        _line.Show(width => Line(done, width));
        _sinceDrawing.Restart();
    }

    /// <inheritdoc/>
    public void Dispose() => _line?.Dispose();

    private string Line(int done, int width)
    {
        List<string> more = [];
        var rate = (done - _start) / _running.Elapsed.TotalSeconds;
        if (_running.Elapsed >= FirstGuess && rate > 0)
            more.Add($"{ProgressText.Time(TimeSpan.FromSeconds((_total - done) / rate))} left");
        more.Add(FormattableString.Invariant($"{rate:N0} images/s"));
        return ProgressText.Line(FormattableString.Invariant($"{done:N0} of {_total:N0} images"), (double)done / _total, more, width);
    }
}
