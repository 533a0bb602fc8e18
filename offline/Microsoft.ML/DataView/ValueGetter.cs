namespace Microsoft.ML;

/// <summary>Fetches one value of the current row into <paramref name="value"/>, whose buffers may be used again.</summary>
public delegate void ValueGetter<TValue>(ref TValue value);
