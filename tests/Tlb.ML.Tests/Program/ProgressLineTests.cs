using System.Text;
using Spectre.Console;
using Tlb.Examples.ImageClassifier;

namespace Tlb.ML.Tests;

/// <summary>The lowest line of a terminal, by what is sent to the terminal.</summary>
public sealed class ProgressLineTests : IDisposable
{
    private readonly Terminal _terminal = new() { NewLine = "\n" };

    public void Dispose() => _terminal.Dispose();

    [Fact]
    public void A_line_is_drawn_in_place_of_the_one_before_and_below_what_is_written()
    {
        var console = Console();
        using (var line = new ProgressLine(console, _ => "one"))
        {
            line.Show(_ => "two");
            console.WriteLine("above");
        }
        Assert.Equal("\r\e[Jone\r\e[Jtwo\r\e[Jabove\ntwo\r\e[J", _terminal.Take());
    }

    [Fact]
    public void It_fits_the_width_and_clears_what_a_narrower_terminal_has_broken_it_into()
    {
        using var line = new ProgressLine(Console(), width => new string('x', width));
        Assert.Equal("\r\e[J" + new string('x', 99), _terminal.Take());       // the last place stays free
        line.Show(width => new string('y', width));
        Assert.Equal("\r\e[J" + new string('y', 99), _terminal.Take());
        _terminal.Width = 40;                                                // 99 characters are in three lines now
        line.Show(width => new string('z', width));
        Assert.Equal("\r\e[2A\e[J" + new string('z', 39), _terminal.Take());
        line.Show(_ => "short");
        Assert.Equal("\r\e[Jshort", _terminal.Take());
        _terminal.Width = 4;                                                 // two lines: shor, t
        line.Show(_ => "");
        Assert.Equal("\r\e[1A\e[J", _terminal.Take());
        _terminal.Width = 100;
        line.Show(width => new string('w', width));
        Assert.Equal("\r\e[J" + new string('w', 99), _terminal.Take());
    }

    private IAnsiConsole Console() => AnsiConsole.Create(new() { Ansi = AnsiSupport.Yes, ColorSystem = ColorSystemSupport.NoColors, Out = _terminal });

    private sealed class Terminal : StringWriter, IAnsiConsoleOutput
    {
        public TextWriter Writer => this;

        public bool IsTerminal => true;

        public int Width { get; set; } = 100;

        public int Height => 24;

        public void SetEncoding(Encoding encoding)
        {
        }

        public string Take()
        {
            var text = ToString().Replace(Environment.NewLine, "\n", StringComparison.Ordinal);
            GetStringBuilder().Clear();
            return text;
        }
    }
}
