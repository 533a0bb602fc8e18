namespace Tlb.Cpu.Tests;

/// <summary>Derivatives of plain formulas in double precision, by differences.</summary>
internal static class Slope
{
    private const double Step = 1e-4;

    /// <summary>
    /// What <see cref="Of"/> may err by: the fourth power of the step times the fifth derivative, and the rounding of the values
    /// (2e-16 of numbers up to about 100) divided by the step.
    /// </summary>
    public const double Error = 1e-9;

    /// <summary>The derivative of a function by one of its numbers: differences over one and two steps, combined to fourth order.</summary>
    public static double Of(double[] values, int index, Func<double[], double> function)
    {
        var at = values[index];
        var slope = (8 * (At(Step) - At(-Step)) - (At(2 * Step) - At(-2 * Step))) / (12 * Step);
        values[index] = at;
        return slope;

        double At(double step)
        {
            values[index] = at + step;
            return function(values);
        }
    }
}
