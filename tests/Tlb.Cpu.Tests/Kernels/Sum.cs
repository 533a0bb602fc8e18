namespace Tlb.Cpu.Tests;

/// <summary>A sum in double precision, and how far from it the same sum may be that rounds to float32 at every step.</summary>
internal struct Sum(double value)
{
    /// <summary>Half a unit in the last place of 1: the relative error of rounding.</summary>
    public const double Rounding = 1.0 / (1 << 24);

    private double _value = value;
    private double _magnitude = Math.Abs(value);
    private int _terms = 1;

    public void Add(double term)
    {
        _value += term;
        _magnitude += Math.Abs(term);
        _terms++;
    }

    /// <summary>Fails unless a number is within the bound of any order of summation: a rounding of each term and each partial sum.</summary>
    public readonly void Check(float actual, string what)
    {
        var bound = (_terms + 1) * Rounding * _magnitude;
        if (!(Math.Abs(actual - _value) <= bound))
            Assert.Fail($"{what}: expected {_value}, got {actual}; they may differ by {bound}.");
    }
}
