using Microsoft.ML;
using Microsoft.ML.Runtime;
using Spectre.Console;

namespace Tlb.Examples.ImageClassifier;

/// <summary>Lines of standard error that come while something runs.</summary>
internal static class ErrorLine
{
    /// <summary>Writes a line: where both outputs are one terminal, above the progress line.</summary>
    public static void Write(string text)
    {
        if (AnsiConsole.Profile.Capabilities.Interactive && !Console.IsErrorRedirected)
            AnsiConsole.WriteLine(text);
        else
            Console.Error.WriteLine(text);
    }

    /// <summary>Writes what ML.NET's log says, if it is a warning.</summary>
    public static void WriteWarning(LoggingEventArgs message)
    {
        if (message.Kind == ChannelMessageKind.Warning)
            Write($"warning: {message.RawMessage}");
    }
}
