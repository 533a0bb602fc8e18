namespace Microsoft.ML.Runtime;

internal static class HostExtensions
{
    public static void Trace(this IChannel ch, string fmt, params object[] args) => ch.Trace(MessageSensitivity.Unknown, fmt, args);

    public static void Warning(this IChannel ch, string fmt) => ch.Warning(MessageSensitivity.Unknown, fmt);

    public static void Warning(this IChannel ch, string fmt, params object[] args) => ch.Warning(MessageSensitivity.Unknown, fmt, args);
}
