namespace Microsoft.ML.Runtime;

/// <summary>What a message may give away about the user's data.</summary>
[Flags]
public enum MessageSensitivity
{
    None = 0,
    UserData = 1,
    Schema = 2,
    Unknown = ~None,
    All = Unknown,
}
