namespace Microsoft.ML.Runtime;

/// <summary>A log message; its text is put together only when it is read.</summary>
public readonly struct ChannelMessage
{
    public readonly ChannelMessageKind Kind;
    public readonly MessageSensitivity Sensitivity;

    private readonly string _text;
    private readonly object[] _arguments;

    internal ChannelMessage(ChannelMessageKind kind, MessageSensitivity sensitivity, string message)
    {
        Contracts.CheckNonEmpty(message, nameof(message));
        Kind = kind;
        Sensitivity = sensitivity;
        _text = message;
    }

    internal ChannelMessage(ChannelMessageKind kind, MessageSensitivity sensitivity, string fmt, params object[] args)
    {
        Contracts.CheckNonEmpty(fmt, nameof(fmt));
        Contracts.CheckNonEmpty(args, nameof(args));
        Kind = kind;
        Sensitivity = sensitivity;
        _text = fmt;
        _arguments = args;
    }

    public string Message => _arguments is null ? _text : string.Format(_text, _arguments);
}
