using System.Reflection;

namespace Tlb.Examples.ImageClassifier;

/// <summary>What is said of an exception.</summary>
internal static class ErrorText
{
    /// <summary>How ML.NET's messages begin that tell nothing but that there was an exception elsewhere.</summary>
    private static readonly string[] Wrappers =
    [
        "Splitter/consolidator worker encountered exception", "Event we were waiting on was subject to an exception",
        "Shuffle input cursor reader failed with an exception", "Exception thrown in ", "Error during class instantiation",
    ];

    /// <summary>The cause of an exception: what .NET's and ML.NET's workers wrap around what they were told says nothing of it.</summary>
    public static Exception Cause(Exception error)
    {
        while (error.InnerException is { } inner && (error is AggregateException or TargetInvocationException || Array.Exists(Wrappers, wrapper => error.Message.StartsWith(wrapper, StringComparison.Ordinal))))
            error = inner;
        return error;
    }

    /// <summary>The message, and that of its cause where ML.NET's doesn't say it; with the type where it is no error that a user can do something about.</summary>
    public static string Of(Exception error)
    {
        error = Cause(error);
        var message = error is IOException or InvalidDataException or FormatException or ArgumentException or ArithmeticException or UnauthorizedAccessException or InvalidOperationException or NotSupportedException
            ? Message(error)
            : $"{error.GetType().Name}: {Message(error)}";
        return error.Source?.StartsWith("Microsoft.ML", StringComparison.Ordinal) == true && error.InnerException is { } inner && !message.Contains(inner.Message, StringComparison.Ordinal)
            ? $"{message}: {Of(inner)}"
            : message;
    }

    /// <summary>The message in one line, without the name of a parameter, which is no option of the program.</summary>
    private static string Message(Exception error)
    {
        var message = error is ArgumentException { ParamName: { } parameter } ? error.Message.Replace($" (Parameter '{parameter}')", "", StringComparison.Ordinal) : error.Message;
        return message.ReplaceLineEndings(" ");
    }
}
