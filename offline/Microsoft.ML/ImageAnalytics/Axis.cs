namespace Microsoft.ML.Data;

/// <summary>For each target pixel along one side, the source pixels it is made of and their weights.</summary>
internal readonly ref struct Axis
{
    private readonly (int Place, float Weight)[] _taps;

    public Axis(int sourceLength, int areaStart, int areaLength, int targetLength, bool cubic)
    {
        First = Math.Max(areaStart, 0);
        Limit = Math.Min(areaStart + areaLength, targetLength);
        Taps = cubic ? 4 : 2;
        _taps = new (int, float)[Math.Max(Limit - First, 0) * Taps];
        for (var i = First; i < Limit; i++)
        {
            var center = (i - areaStart + 0.5f) * sourceLength / areaLength - 0.5f;
            var left = MathF.Floor(center);
            var fraction = center - left;
            for (var tap = 0; tap < Taps; tap++)
            {
                var place = (int)left + tap - (Taps / 2 - 1);
                var weight = cubic ? Mitchell(place - center) : tap == 0 ? 1 - fraction : fraction;
                _taps[(i - First) * Taps + tap] = (Math.Clamp(place, 0, sourceLength - 1), weight);
            }
        }
    }

    /// <summary>The target pixels from here to before the limit are drawn.</summary>
    public int First { get; }

    public int Limit { get; }

    public int Taps { get; }

    public (int Place, float Weight) this[int target, int tap] => _taps[(target - First) * Taps + tap];

    /// <summary>The filter of Mitchell and Netravali, with both parameters a third.</summary>
    private static float Mitchell(float distance)
    {
        var x = Math.Abs(distance);
        return x < 1 ? (21 * x * x * x - 36 * x * x + 16) / 18 : x < 2 ? (-7 * x * x * x + 36 * x * x - 60 * x + 32) / 18 : 0;
    }
}
