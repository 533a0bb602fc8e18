using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// <summary>A log message and where it comes from.</summary>
public class LoggingEventArgs : EventArgs
{
    public LoggingEventArgs(string message) => Message = message;

    public LoggingEventArgs(string message, ChannelMessageKind kind, string source)
    {
        RawMessage = message;
        Kind = kind;
        Source = source;
        Message = $"[Source={source}, Kind={kind}] {message}";
    }

    public string Source { get; }

    public ChannelMessageKind Kind { get; }

    /// <summary>The text with its source and kind in front.</summary>
    public string Message { get; }

    public string RawMessage { get; }
}
