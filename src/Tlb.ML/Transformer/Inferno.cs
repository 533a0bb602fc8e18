namespace Tlb.ML;

/// <summary>The colour map "inferno" of matplotlib, in which the Keras example shows attention: from black over red to light yellow, evenly to the eye.</summary>
public static class Inferno
{
    /// <summary>Its colours at 0, 1/9, ... 1, as the R package viridisLite publishes them: <c>inferno(10)</c>.</summary>
    private static ReadOnlySpan<int> Colors => [0x000004, 0x1B0C42, 0x4B0C6B, 0x781C6D, 0xA52C60, 0xCF4446, 0xED6925, 0xFB9A06, 0xF7D03C, 0xFCFFA4];

    /// <summary>The colour of a value.</summary>
    /// <param name="value">0 to 1; below and NaN is as 0, above as 1.</param>
    /// <returns>Red, green and blue, 0 to 255.</returns>
    public static (float Red, float Green, float Blue) Color(float value)
    {
        var at = (value >= 0 ? Math.Min(value, 1) : 0) * (Colors.Length - 1);
        var first = Math.Min((int)at, Colors.Length - 2);
        return (Channel(16), Channel(8), Channel(0));

        float Channel(int shift) => float.Lerp((Colors[first] >> shift) & 0xFF, (Colors[first + 1] >> shift) & 0xFF, at - first);
    }
}
