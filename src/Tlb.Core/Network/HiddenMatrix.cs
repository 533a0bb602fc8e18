namespace Tlb.Core;

/// <summary>A matrix of weights inside the network, whose gradient Muon makes orthogonal: all kernels but those of the read-out.</summary>
/// <param name="Offset">Where its values begin among all the network's, row by row.</param>
/// <param name="Rows">Its inputs; a convolution's are the numbers of its window.</param>
/// <param name="Columns">Its outputs, of all heads.</param>
internal readonly record struct HiddenMatrix(int Offset, int Rows, int Columns)
{
    /// <summary>The number of its values.</summary>
    public int Count => Rows * Columns;

    /// <summary>The matrices of a network, in order.</summary>
    public static IReadOnlyList<HiddenMatrix> Of(ParameterLayout layout)
    {
        return [.. layout.Where(parameter => parameter.IsMatrix && !IsReadOut(parameter)).Select(Matrix)];

        static bool IsReadOut(ParameterSpec parameter) => parameter.Name is "head.kernel" or "pool.score.kernel";

        static HiddenMatrix Matrix(ParameterSpec parameter)
        {
            // [D, heads, features] of queries, keys and values has all but the first size as outputs; others have the last: [heads, features, D].
            var columns = IsProjectionToHeads(parameter) ? parameter.Count / parameter.Shape[0] : parameter.Shape[^1];
            return new(parameter.Offset, parameter.Count / columns, columns);
        }

        static bool IsProjectionToHeads(ParameterSpec parameter) =>
            parameter.Name.EndsWith(".query.kernel", StringComparison.Ordinal) || parameter.Name.EndsWith(".key.kernel", StringComparison.Ordinal)
            || parameter.Name.EndsWith(".value.kernel", StringComparison.Ordinal);
    }
}
