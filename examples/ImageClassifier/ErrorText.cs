using System.Reflection;

namespace Tlb.Examples.ImageClassifier;

/// <summary>What is said of an exception.</summary>
internal static class ErrorText
{
    /// <summary>The cause of an exception: what .NET's and ML.NET's workers wrap around what they were told says nothing of it.</summary>
    public static Exception Cause(Exception error)
    {
        while (error is AggregateException or TargetInvocationException || error.Source?.StartsWith("Microsoft.ML", StringComparison.Ordinal) == true)
        {
            if (error.InnerException is not { } inner)
                break;
            error = inner;
        }
        return error;
    }

    /// <summary>The message; with the type where it is no error that a user can do something about.</summary>
    public static string Of(Exception error) =>
        error is IOException or InvalidDataException or FormatException or ArgumentException or ArithmeticException or UnauthorizedAccessException or InvalidOperationException or NotSupportedException
            ? error.Message
            : $"{error.GetType().Name}: {error.Message}";
}
