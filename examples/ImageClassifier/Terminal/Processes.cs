using Spectre.Console;
using Tlb.Core;

namespace Tlb.Examples.ImageClassifier;

/// <summary>The processes of one training, where an MPI launcher has started several: the first alone prints; the others only what keeps themselves from going on.</summary>
internal sealed class Processes : IDisposable
{
    private readonly TextWriter _error = Console.Error;
    private readonly bool _areTogether;

    /// <summary>Silences this process, where it is not the first of several.</summary>
    /// <param name="trainTogether">Whether they work together; else each does the same on its own.</param>
    public Processes(bool trainTogether)
    {
        _areTogether = trainTogether && MpiLaunch.Count > 1;
        if (!_areTogether)
            return;
        if (MpiLaunch.Rank == 0)
        {
            (AnsiConsole.Profile.Capabilities.Ansi, AnsiConsole.Profile.Capabilities.Interactive) = (false, false); // what looks like a terminal is the launcher's
            return;
        }
        Console.SetOut(TextWriter.Null);
        Console.SetError(TextWriter.Null);
        AnsiConsole.Console = AnsiConsole.Create(new() { Ansi = AnsiSupport.No, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(TextWriter.Null) });
    }

    /// <summary>Writes an error in a line: of a failed process it and the first.</summary>
    public void WriteError(Exception error)
    {
        if (_areTogether && MpiLaunch.Rank > 0 && ErrorText.Cause(error) is RankFailedException)
            return;
        var name = _areTogether && MpiLaunch.Rank > 0 ? FormattableString.Invariant($"rank {MpiLaunch.Rank} of {MpiLaunch.Count} ({Environment.MachineName}): ") : "";
        _error.WriteLine($"error: {name}{ErrorText.Of(error)}");             // not wrapped into lines: it may hold a path
    }

    public void Dispose() => _error.Flush();
}
