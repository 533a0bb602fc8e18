using System.Collections.Immutable;

namespace Tlb.Core;

/// <summary>One trainable tensor of the network.</summary>
/// <param name="Name">Its name, such as <c>pm.0.fast.query.kernel</c>.</param>
/// <param name="Shape">Its shape, as Keras lays it out (a dense kernel is [in, out], a convolution's [height, width, in, out]).</param>
/// <param name="Offset">Where its values begin among all the network's, in numbers.</param>
/// <param name="Initializer">How it starts.</param>
public sealed record ParameterSpec(string Name, ImmutableArray<int> Shape, int Offset, ParameterInitializer Initializer)
{
    /// <summary>The number of its values.</summary>
    public int Count { get; } = SizeOf(Shape);

    /// <summary>The number of values of a shape.</summary>
    internal static int SizeOf(ImmutableArray<int> shape)
    {
        var product = 1;
        foreach (var size in shape)
            product = checked(product * size);
        return product;
    }

    /// <summary>Whether it is the matrix of a product (a kernel), and not a bias, a position or the scale or shift of a normalisation.</summary>
    public bool IsMatrix { get; } = Name.EndsWith(".kernel", StringComparison.Ordinal);
}
