using System.Numerics;
using Tlb.Tests;

namespace Tlb.Core.Tests;

public sealed class ColorChangeTests
{
    private static readonly Vector3 Color = new(0.2f, 0.5f, 0.7f);

    [Fact]
    public void Factors_of_0_and_1_are_the_ends()
    {
        Check(Vector3.Zero, ColorChange.Brightness(0));
        Check(new(0.5f), ColorChange.Contrast(0));
        Check(new(0.299f * 0.2f + 0.587f * 0.5f + 0.114f * 0.7f), ColorChange.Saturation(0));
        foreach (var change in new[] { ColorChange.Brightness(1), ColorChange.Contrast(1), ColorChange.Saturation(1), ColorChange.Hue(0), ColorChange.None })
            Assert.Equal(ColorChange.None, change);
    }

    [Fact]
    public void Hue_turns_red_to_green_to_blue_and_leaves_greys()
    {
        Check(new(0.7f, 0.2f, 0.5f), ColorChange.Hue(1f / 3));
        Check(new(0.5f, 0.7f, 0.2f), ColorChange.Hue(2f / 3));
        Check(Color, ColorChange.Hue(0.3f).After(ColorChange.Hue(-0.3f)));
        Close.Absolute([0.4f, 0.4f, 0.4f], Values(ColorChange.Hue(0.123f).Apply(new(0.4f))), 1e-6);
    }

    [Fact]
    public void Changes_are_done_one_after_the_other()
    {
        Check(new(0, 0, 0.2f), ColorChange.Contrast(2).After(ColorChange.Brightness(0.5f))); // 2 (c / 2 - 0.5) + 0.5
        Check(new(0, 0.25f, 0.45f), ColorChange.Brightness(0.5f).After(ColorChange.Contrast(2))); // (2 (c - 0.5) + 0.5) / 2
    }

    private static void Check(Vector3 expected, ColorChange change) => Close.Absolute(Values(expected), Values(change.Apply(Color)), 1e-6);

    private static float[] Values(Vector3 color) => [color.X, color.Y, color.Z];
}
