namespace Microsoft.ML.Runtime;

internal static partial class Contracts
{
    public static void Check(bool f)
    {
        if (!f)
            throw Except();
    }

    public static void Check(this IExceptionContext ctx, bool f)
    {
        if (!f)
            throw Except(ctx);
    }

    public static void Check(bool f, string msg)
    {
        if (!f)
            throw Except(msg);
    }

    public static void Check(this IExceptionContext ctx, bool f, string msg)
    {
        if (!f)
            throw Except(ctx, msg);
    }

    public static void CheckUserArg(bool f, string name)
    {
        if (!f)
            throw ExceptUserArg(name);
    }

    public static void CheckUserArg(this IExceptionContext ctx, bool f, string name, string msg)
    {
        if (!f)
            throw ExceptUserArg(ctx, name, msg);
    }

    public static void CheckParam(bool f, string paramName)
    {
        if (!f)
            throw ExceptParam(paramName);
    }

    public static void CheckParam(this IExceptionContext ctx, bool f, string paramName)
    {
        if (!f)
            throw ExceptParam(ctx, paramName);
    }

    public static void CheckParam(bool f, string paramName, string msg)
    {
        if (!f)
            throw ExceptParam(paramName, msg);
    }

    public static void CheckParam(this IExceptionContext ctx, bool f, string paramName, string msg)
    {
        if (!f)
            throw ExceptParam(ctx, paramName, msg);
    }

    public static void CheckValue<T>(T val, string paramName)
        where T : class
    {
        if (val is null)
            throw ExceptValue(paramName);
    }

    public static void CheckValue<T>(this IExceptionContext ctx, T val, string paramName)
        where T : class
    {
        if (val is null)
            throw ExceptValue(ctx, paramName);
    }

    public static T CheckRef<T>(T val, string paramName)
        where T : class =>
        val is null ? throw ExceptValue(paramName) : val;

    public static string CheckNonEmpty(string s, string paramName) =>
        string.IsNullOrEmpty(s) ? throw ExceptEmpty(paramName) : s;

    public static string CheckNonEmpty(this IExceptionContext ctx, string s, string paramName) =>
        string.IsNullOrEmpty(s) ? throw ExceptEmpty(ctx, paramName) : s;

    public static T[] CheckNonEmpty<T>(T[] args, string paramName) =>
        args is null or [] ? throw ExceptEmpty(paramName) : args;

    public static T[] CheckNonEmpty<T>(this IExceptionContext ctx, T[] args, string paramName) =>
        args is null or [] ? throw ExceptEmpty(ctx, paramName) : args;

    public static string CheckNonWhiteSpace(string s, string paramName) =>
        string.IsNullOrWhiteSpace(s) ? throw ExceptWhiteSpace(paramName) : s;

    public static string CheckNonWhiteSpace(this IExceptionContext ctx, string s, string paramName) =>
        string.IsNullOrWhiteSpace(s) ? throw ExceptWhiteSpace(ctx, paramName) : s;

    public static void CheckDecode(bool f)
    {
        if (!f)
            throw ExceptDecode();
    }

    public static void CheckDecode(this IExceptionContext ctx, bool f)
    {
        if (!f)
            throw ExceptDecode(ctx);
    }

    public static void CheckDecode(bool f, string msg)
    {
        if (!f)
            throw ExceptDecode(msg);
    }

    public static void CheckDecode(this IExceptionContext ctx, bool f, string msg)
    {
        if (!f)
            throw ExceptDecode(ctx, msg);
    }
}
