using TorchSharp;

namespace Tlb.Torch;

/// <summary>Numbers that operators take, kept for good.</summary>
/// <remarks>
/// A <see cref="Scalar"/> is freed by the garbage collector as soon as no managed code needs it, even while native code reads it.
/// TorchSharp makes passing ones where a number is converted, and within <c>add(Tensor)</c> and its kin (which take 1 as their
/// alpha). So: numbers come from here, from a static field or from a <c>using</c>; <c>add</c> always gets its alpha.
/// </remarks>
internal static class Scalars
{
    /// <summary>1, as a whole number: right for tensors of any type.</summary>
    public static Scalar One { get; } = 1L.ToScalar();
}
