using System.CommandLine;
using Spectre.Console;
using Tlb.Examples.ImageClassifier;

// Trains an image classifier on a folder of labelled images, scores folders and single images with it, and shows what it attended to.
if (Console.IsOutputRedirected)
    (AnsiConsole.Profile.Capabilities.Ansi, AnsiConsole.Profile.Capabilities.Interactive) = (false, false);

var root = new RootCommand("Trains an image classifier on a folder of labelled images, scores folders and single images with it, and shows what it attended to.")
{
    TrainCommand.Create(),
    PreviewCommand.Create(),
    FindRateCommand.Create(),
    ScoreCommand.Create(),
    PredictCommand.Create(),
    ExplainCommand.Create(),
};
HelpText.Use(root);
try
{
    // On Ctrl-C the step that runs is finished, and where the options say so the best model so far is saved: that takes the time it takes.
    // Other commands delete what they have half written, for which they need none; only a reader that doesn't read could keep them.
    var arguments = root.Parse(args);
    var timeout = arguments.CommandResult.Command.Name == TrainCommand.Name ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(5);
    return arguments.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = timeout });
}
catch (Exception e) when (ErrorText.Cause(e) is OperationCanceledException)
{
    Console.Error.WriteLine("Cancelled. Nothing was saved.");
    return 130;
}
catch (Exception e)
{
    Console.Error.WriteLine($"error: {ErrorText.Of(e)}");                    // not wrapped into lines: it may hold a path
    return 1;
}
finally
{
    LeftOut.Warn();
}
