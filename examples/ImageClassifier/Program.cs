using System.CommandLine;
using System.CommandLine.Invocation;
using System.Globalization;
using Spectre.Console;
using Tlb.Examples.ImageClassifier;

// Trains an image classifier on a folder of labelled images, scores folders and single images with it, measures it, and shows what it attended to.
if (Console.IsOutputRedirected)
    (AnsiConsole.Profile.Capabilities.Ansi, AnsiConsole.Profile.Capabilities.Interactive) = (false, false);
if (Console.IsOutputRedirected && int.TryParse(Environment.GetEnvironmentVariable("COLUMNS"), NumberStyles.None, CultureInfo.InvariantCulture, out var columns) && columns > 0)
    AnsiConsole.Profile.Width = columns;

var root = new RootCommand("Trains an image classifier on a folder of labelled images, scores folders and single images with it, measures it, and shows what it attended to.")
{
    TrainCommand.Create(),
    PreviewCommand.Create(),
    FindRateCommand.Create(),
    ScoreCommand.Create(),
    MergeCommand.Create(),
    EvaluateCommand.Create(),
    ReportCommand.Create(),
    PredictCommand.Create(),
    ExplainCommand.Create(),
    ExportCommand.Create(),
};
HelpText.Use(root);
var arguments = root.Parse(args);
if (arguments.Action is ParseErrorAction)
{
    Console.Error.WriteLine($"error: {WrongUse.Text(arguments)}");
    return ExitStatus.Error;
}
var isTraining = arguments.CommandResult.Command.Name == TrainCommand.Name;
using var processes = new Processes(isTraining);
using var signals = new Signals(mayTakeTime: isTraining);
try
{
    return await arguments.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, signals.Token);
}
catch (Exception e) when (ErrorText.Cause(e) is OperationCanceledException)
{
    // To nowhere, if this is but one of the processes of a training.
    Console.Error.WriteLine(ErrorText.Cause(e) is ScoringStoppedException stopped ? stopped.Message : "Cancelled. Nothing was saved.");
    return signals.Status;
}
catch (Exception e)
{
    processes.WriteError(e);
    return ExitStatus.Error;
}
finally
{
    LeftOut.Warn();
}
