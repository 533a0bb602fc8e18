using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// <summary>A column to make and the one to make it from.</summary>
public sealed class InputOutputColumnPair
{
    public InputOutputColumnPair(string outputColumnName, string inputColumnName = null)
    {
        Contracts.CheckNonEmpty(outputColumnName, nameof(outputColumnName));
        InputColumnName = inputColumnName ?? outputColumnName;
        OutputColumnName = outputColumnName;
    }

    public string InputColumnName { get; }

    public string OutputColumnName { get; }
}
