using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.ML.Data;

namespace Microsoft.ML.Transforms;

/// <summary>Missing values, and the text of values.</summary>
internal static class PrimitiveValues
{
    public static bool IsMissing<T>(T value, DataViewType type) => type is KeyDataViewType
        ? EqualityComparer<T>.Default.Equals(value, default)
        : value switch
        {
            float number => float.IsNaN(number),
            double number => double.IsNaN(number),
            _ => false,
        };

    /// <summary>What stands for a missing value: not a number where there is such a thing, otherwise the default.</summary>
    public static T Missing<T>()
    {
        if (typeof(T) == typeof(float))
            return Convert<float, T>(float.NaN);
        return typeof(T) == typeof(double) ? Convert<double, T>(double.NaN) : default;
    }

    public static string ToText<T>(T value, DataViewType type) => value switch
    {
        _ when type is KeyDataViewType key => KeyToText(System.Convert.ToUInt64(value, CultureInfo.InvariantCulture), key.Count),
        float number => float.IsNaN(number) ? "?" : number.ToString("R", CultureInfo.InvariantCulture),
        double number => double.IsNaN(number) ? "?" : number.ToString("G17", CultureInfo.InvariantCulture),
        bool truth => truth ? "1" : "0",
        DataViewRowId id => $"0x{id.High:x16}{id.Low:x16}",
        TimeSpan span => span.ToString("c"),
        DateTime time => time.ToString("o"),
        DateTimeOffset time => time.ToString("o"),
        _ => value.ToString(),
    };

    // In text, keys count from 0.
    private static string KeyToText(ulong key, ulong count) =>
        key == 0 || key > count ? "" : (key - 1).ToString(CultureInfo.InvariantCulture);

    private static TTo Convert<TFrom, TTo>(TFrom value) => Unsafe.As<TFrom, TTo>(ref value);
}
