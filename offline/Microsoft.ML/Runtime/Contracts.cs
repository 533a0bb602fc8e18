using System.Globalization;

namespace Microsoft.ML.Runtime;

/// <summary>Makes the exceptions of the library and checks arguments and states.</summary>
internal static partial class Contracts
{
    public const string IsMarkedKey = "ML_IsMarked";

    public static TException Process<TException>(this TException ex, IExceptionContext ectx = null)
        where TException : Exception => ectx is null ? Mark(ex) : ectx.Process(ex);

    public static TException Mark<TException>(TException ex)
        where TException : Exception
    {
        ex.Data[IsMarkedKey] = 1;
        return ex;
    }

    public static bool IsMarked(this Exception ex) => ex.Data.Contains(IsMarkedKey);

    public static Exception Except() => Process(new InvalidOperationException());

    public static Exception Except(this IExceptionContext ctx) => Process(new InvalidOperationException(), ctx);

    public static Exception Except(string msg) => Process(new InvalidOperationException(msg));

    public static Exception Except(this IExceptionContext ctx, string msg) => Process(new InvalidOperationException(msg), ctx);

    public static Exception Except(string msg, params object[] args) => Process(new InvalidOperationException(Format(msg, args)));

    public static Exception Except(this IExceptionContext ctx, string msg, params object[] args) =>
        Process(new InvalidOperationException(Format(msg, args)), ctx);

    public static Exception Except(Exception inner, string msg) => Process(new InvalidOperationException(msg, inner));

    public static Exception Except(this IExceptionContext ctx, Exception inner, string msg) =>
        Process(new InvalidOperationException(msg, inner), ctx);

    public static Exception ExceptUserArg(string name) => Process(new ArgumentOutOfRangeException(name));

    public static Exception ExceptUserArg(this IExceptionContext ctx, string name) => Process(new ArgumentOutOfRangeException(name), ctx);

    public static Exception ExceptUserArg(string name, string msg) => Process(new ArgumentOutOfRangeException(name, msg));

    public static Exception ExceptUserArg(this IExceptionContext ctx, string name, string msg) =>
        Process(new ArgumentOutOfRangeException(name, msg), ctx);

    public static Exception ExceptUserArg(this IExceptionContext ctx, string name, string msg, params object[] args) =>
        Process(new ArgumentOutOfRangeException(name, Format(msg, args)), ctx);

    public static Exception ExceptParam(string paramName) => Process(new ArgumentOutOfRangeException(paramName));

    public static Exception ExceptParam(this IExceptionContext ctx, string paramName) =>
        Process(new ArgumentOutOfRangeException(paramName), ctx);

    public static Exception ExceptParam(string paramName, string msg) => Process(new ArgumentOutOfRangeException(paramName, msg));

    public static Exception ExceptParam(this IExceptionContext ctx, string paramName, string msg) =>
        Process(new ArgumentOutOfRangeException(paramName, msg), ctx);

    public static Exception ExceptParam(string paramName, string msg, params object[] args) =>
        Process(new ArgumentOutOfRangeException(paramName, Format(msg, args)));

    public static Exception ExceptParam(this IExceptionContext ctx, string paramName, string msg, params object[] args) =>
        Process(new ArgumentOutOfRangeException(paramName, Format(msg, args)), ctx);

    public static Exception ExceptValue(string paramName) => Process(new ArgumentNullException(paramName));

    public static Exception ExceptValue(this IExceptionContext ctx, string paramName) => Process(new ArgumentNullException(paramName), ctx);

    public static Exception ExceptValue(string paramName, string msg) => Process(new ArgumentNullException(paramName, msg));

    public static Exception ExceptValue(this IExceptionContext ctx, string paramName, string msg) =>
        Process(new ArgumentNullException(paramName, msg), ctx);

    public static Exception ExceptEmpty(string paramName) => ExceptParam(paramName, $"{paramName} cannot be null or empty");

    public static Exception ExceptEmpty(this IExceptionContext ctx, string paramName) =>
        ExceptParam(ctx, paramName, $"{paramName} cannot be null or empty");

    public static Exception ExceptWhiteSpace(string paramName) => ExceptParam(paramName, $"{paramName} cannot be null or white space");

    public static Exception ExceptWhiteSpace(this IExceptionContext ctx, string paramName) =>
        ExceptParam(ctx, paramName, $"{paramName} cannot be null or white space");

    public static Exception ExceptDecode() => Process(new FormatException());

    public static Exception ExceptDecode(this IExceptionContext ctx) => Process(new FormatException(), ctx);

    public static Exception ExceptDecode(string msg) => Process(new FormatException(msg));

    public static Exception ExceptDecode(this IExceptionContext ctx, string msg) => Process(new FormatException(msg), ctx);

    public static Exception ExceptDecode(string msg, params object[] args) => Process(new FormatException(Format(msg, args)));

    public static Exception ExceptDecode(this IExceptionContext ctx, string msg, params object[] args) =>
        Process(new FormatException(Format(msg, args)), ctx);

    public static Exception ExceptDecode(this IExceptionContext ctx, Exception inner, string msg) =>
        Process(new FormatException(msg, inner), ctx);

    public static Exception ExceptIO(string msg) => Process(new IOException(msg));

    public static Exception ExceptIO(this IExceptionContext ctx, string msg) => Process(new IOException(msg), ctx);

    public static Exception ExceptNotImpl(this IExceptionContext ctx, string msg) => Process(new NotImplementedException(msg), ctx);

    public static Exception ExceptNotSupp() => Process(new NotSupportedException());

    public static Exception ExceptNotSupp(string msg) => Process(new NotSupportedException(msg));

    public static Exception ExceptNotSupp(this IExceptionContext ctx, string msg, params object[] args) =>
        Process(new NotSupportedException(Format(msg, args)), ctx);

    public static Exception ExceptSchemaMismatch(this IExceptionContext ctx, string paramName, string columnRole, string columnName) =>
        Process(new ArgumentOutOfRangeException(paramName, $"Could not find {columnRole} column '{columnName}'"), ctx);

    public static Exception ExceptSchemaMismatch(this IExceptionContext ctx, string paramName, string columnRole, string columnName,
        string expectedType, string actualType) => Process(new ArgumentOutOfRangeException(paramName, actualType is null
            ? $"Could not find {columnRole} column '{columnName}'"
            : $"Schema mismatch for {columnRole} column '{columnName}': expected {expectedType}, got {actualType}"), ctx);

    private static string Format(string message, object[] arguments)
    {
        try
        {
            return string.Format(CultureInfo.InvariantCulture, message, arguments);
        }
        catch (FormatException)
        {
            // A message that does not fit its arguments must not hide the exception it is for.
            return message;
        }
    }
}
