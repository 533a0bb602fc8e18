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
}
