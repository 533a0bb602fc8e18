namespace Tlb.Core;

/// <summary>An affine map of the plane: x' = Xx x + Xy y + X0, y' = Yx x + Yy y + Y0.</summary>
/// <param name="Xx">How x moves with x.</param>
/// <param name="Xy">How x moves with y.</param>
/// <param name="X0">The shift of x.</param>
/// <param name="Yx">How y moves with x.</param>
/// <param name="Yy">How y moves with y.</param>
/// <param name="Y0">The shift of y.</param>
public readonly record struct Affine(float Xx, float Xy, float X0, float Yx, float Yy, float Y0)
{
    /// <summary>Stretches both axes.</summary>
    /// <param name="x">The factor of x.</param>
    /// <param name="y">The factor of y.</param>
    public static Affine Scaling(float x, float y) => new(x, 0, 0, 0, y, 0);

    /// <summary>The map that does another first, then this.</summary>
    /// <param name="first">The map that is done first.</param>
    public Affine After(Affine first) => new(
        Xx * first.Xx + Xy * first.Yx, Xx * first.Xy + Xy * first.Yy, Xx * first.X0 + Xy * first.Y0 + X0,
        Yx * first.Xx + Yy * first.Yx, Yx * first.Xy + Yy * first.Yy, Yx * first.X0 + Yy * first.Y0 + Y0);
}
