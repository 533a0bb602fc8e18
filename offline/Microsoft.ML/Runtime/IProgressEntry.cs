namespace Microsoft.ML.Runtime;

/// <summary>Is filled with the progress when someone asks for it.</summary>
public interface IProgressEntry
{
    void SetProgress(int index, double value);

    void SetProgress(int index, double value, double lim);

    void SetMetric(int index, double value);
}
