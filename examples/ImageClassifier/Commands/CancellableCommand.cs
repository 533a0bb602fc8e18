using System.CommandLine;

namespace Tlb.Examples.ImageClassifier;

/// <summary>Commands that Ctrl-C and SIGTERM cancel.</summary>
internal static class CancellableCommand
{
    /// <summary>
    /// Sets what a command does. It gets a thread of its own, not one of the pool: ML.NET's Model.Save blocks its caller until another
    /// thread of the pool is free, which a pool of one never has.
    /// </summary>
    public static void SetCancellableAction(this Command command, Func<ParseResult, CancellationToken, int> run) => command.SetAction((result, cancellation) =>
        Task.Factory.StartNew(() => run(result, cancellation), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default));
}
