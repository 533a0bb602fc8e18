using System.Reflection;

namespace Tlb.Fuzz;

/// <summary>Which exceptions are a clear refusal of a bad file, and which a fault.</summary>
internal static class Refusals
{
    private static readonly string[] Libraries = ["Tlb.Core", "Tlb.Cpu", "Tlb.ML"];

    /// <summary>Throws unless an exception refuses a file as it should.</summary>
    /// <param name="error">What was thrown.</param>
    public static void Check(Exception error)
    {
        while (error is TargetInvocationException or AggregateException && error.InnerException is { } inner)   // ML.NET's way from class to class
            error = inner;
        if (error is FormatException or InvalidDataException or ArgumentException or InvalidOperationException)
            return;
        // What other stages make of their own damaged entries is ML.NET's. That it takes no memory for what is not there is asked of all.
        if (error is OutOfMemoryException || Libraries.Any(library => error.StackTrace?.Contains($" at {library}.", StringComparison.Ordinal) == true))
            throw new CaseFailedException($"refused by {error.GetType()}: {error.Message}", error);
    }
}
