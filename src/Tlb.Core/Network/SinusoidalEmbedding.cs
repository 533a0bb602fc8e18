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
            {
                var angle = p * Math.Exp(-Math.Log(10_000) * (f - f % 2) / dimension);
                values[p * dimension + f] = (float)(f % 2 == 0 ? Math.Sin(angle) : Math.Cos(angle));
            }
        return values;
    }
}
