namespace Tlb.Examples.Demo;

/// <summary>Shapes as distance functions: how far a point is outside (above 0) or inside (below 0) a shape about one unit large.</summary>
internal static class Shapes
{
    public static IReadOnlyDictionary<string, Func<double, double, double>> All { get; } = new Dictionary<string, Func<double, double, double>>
    {
        ["circle"] = (x, y) => Math.Sqrt(x * x + y * y) - 0.9,
        ["ring"] = (x, y) => Math.Abs(Math.Sqrt(x * x + y * y) - 0.72) - 0.2,
        ["square"] = (x, y) => Math.Max(Math.Abs(x), Math.Abs(y)) - 0.8,
        ["triangle"] = (x, y) => Math.Max(Math.Abs(x) * 0.866 + y * 0.5, -y) - 0.5,
        ["cross"] = (x, y) => Math.Min(Math.Max(Math.Abs(x) - 0.95, Math.Abs(y) - 0.28), Math.Max(Math.Abs(y) - 0.95, Math.Abs(x) - 0.28)),
        ["star"] = Star,
    };

    private static double Star(double x, double y)
    {
        var angle = Math.Atan2(y, x) / (2 * Math.PI) * 5;
        var spike = Math.Abs(angle - Math.Round(angle)) * 2;                 // 0 at a tip, 1 between two
        return Math.Sqrt(x * x + y * y) - (1 - 0.6 * spike);
    }
}
