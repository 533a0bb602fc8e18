namespace Tlb.Core;

/// <summary>Sines and cosines that tell places apart (Vaswani et al., 2017, section 3.5).</summary>
internal static class SinusoidalEmbedding
{
    /// <summary>The vectors of the first places.</summary>
    /// <param name="places">The places.</param>
    /// <param name="dimension">D, the features of a vector.</param>
    /// <returns>[places, D]: of even features sin(p / 10000^(f/D)), of the next one the cosine of the same.</returns>
    public static float[] Of(int places, int dimension)
    {
        var values = new float[checked(places * dimension)];
        for (var p = 0; p < places; p++)
            for (var f = 0; f < dimension; f++)
                values[p * dimension + f] = (float)At(p, f, dimension);
        return values;
    }

    /// <summary>A feature of a place's vector.</summary>
    /// <param name="place">The place, from 0.</param>
    /// <param name="feature">The feature, from 0.</param>
    /// <param name="dimension">D, the features of a vector.</param>
    public static double At(int place, int feature, int dimension)
    {
        var angle = place * Math.Exp(-Math.Log(10_000) * (feature - feature % 2) / dimension);
        return feature % 2 == 0 ? Math.Sin(angle) : Math.Cos(angle);
    }
}
