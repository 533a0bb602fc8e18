namespace Tlb.Core;

/// <summary>An affine map of the plane: x' = Xx x + Xy y + X0, y' = Yx x + Yy y + Y0.</summary>
/// <param name="Xx">How x moves with x.</param>
/// <param name="Xy">How x moves with y.</param>
/// <param name="X0">The shift of x.</param>
/// <param name="Yx">How y moves with x.</param>
/// <param name="Yy">How y moves with y.</param>
/// <param name="Y0">The shift of y.</param>
internal readonly record struct Affine(float Xx, float Xy, float X0, float Yx, float Yy, float Y0)
{
    /// <summary>Stretches both axes.</summary>
    /// <param name="x">The factor of x.</param>
    /// <param name="y">The factor of y.</param>
    public static Affine Scaling(float x, float y) => new(x, 0, 0, 0, y, 0);

    /// <summary>Moves both axes.</summary>
    /// <param name="x">What is added to x.</param>
    /// <param name="y">What is added to y.</param>
    public static Affine Translation(float x, float y) => new(1, 0, x, 0, 1, y);

    /// <summary>Turns the plane: from the x axis towards the y axis, which is clockwise where y points down.</summary>
    /// <param name="degrees">The angle.</param>
    public static Affine Rotation(float degrees)
    {
        var (sin, cos) = MathF.SinCos(degrees * MathF.PI / 180);
        return new(cos, -sin, 0, sin, cos, 0);
    }

    /// <summary>This map with another point in the place of the origin.</summary>
    /// <param name="x">The point's x.</param>
    /// <param name="y">The point's y.</param>
    public Affine Around(float x, float y) => Translation(x, y).After(this).After(Translation(-x, -y));

    /// <summary>The map that does another first, then this.</summary>
    /// <param name="first">The map that is done first.</param>
    public Affine After(Affine first) => new(
        Xx * first.Xx + Xy * first.Yx, Xx * first.Xy + Xy * first.Yy, Xx * first.X0 + Xy * first.Y0 + X0,
        Yx * first.Xx + Yy * first.Yx, Yx * first.Xy + Yy * first.Yy, Yx * first.X0 + Yy * first.Y0 + Y0);
}
