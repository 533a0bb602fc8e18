using Spectre.Console;
using Spectre.Console.Rendering;

namespace Tlb.Examples.ImageClassifier;

/// <summary>The lowest line of a terminal, which says how far something is. What is written meanwhile goes above it.</summary>
/// <remarks>
/// It is made anew for the width that the terminal has when it is drawn. One that was made narrower since has broken the line that it shows
/// into several: all of them are cleared.
/// </remarks>
internal sealed class ProgressLine : IRenderHook, IDisposable
{
    private const string ClearToEnd = "\e[J";

    private readonly IAnsiConsole _console;
    private Func<int, string>? _line;
    private int _cells;                                                      // of the line that the terminal shows

    /// <summary>Shows a line.</summary>
    /// <param name="console">The terminal.</param>
    /// <param name="line">Makes the line of so many characters at most.</param>
    public ProgressLine(IAnsiConsole console, Func<int, string> line)
    {
        _console = console;
        _console.Pipeline.Attach(this);
        Show(line);
    }

    /// <summary>Shows another line in its place.</summary>
    public void Show(Func<int, string>? line)
    {
        _line = line;
        _console.Write(new ControlCode(""));                                 // draws nothing but the line
    }

    /// <inheritdoc/>
    public IEnumerable<IRenderable> Process(RenderOptions options, IEnumerable<IRenderable> renderables)
    {
        var width = Math.Max(2, options.ConsoleSize.Width);
        var above = Math.Max(0, _cells - 1) / width;                         // lines that it was broken into, but for the last
        yield return new ControlCode(above > 0 ? $"\r\e[{above}A{ClearToEnd}" : $"\r{ClearToEnd}");
        foreach (var renderable in renderables)
            yield return renderable;
        var text = _line?.Invoke(width - 1) ?? "";                           // the last place stays free: some terminals go on to the next line there
        _cells = text.Length;
        yield return new ControlCode(text);
    }

    /// <summary>Clears the line.</summary>
    public void Dispose()
    {
        Show(null);
        _console.Pipeline.Detach(this);
    }
}
