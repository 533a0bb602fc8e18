namespace Tlb.Tests;

/// <summary>Muon as its authors describe it (Jordan et al., 2024; the size of a step as in Liu et al., 2025), in double precision and with plain loops.</summary>
internal static class PlainMuon
{
    /// <summary>Steps a matrix.</summary>
    /// <param name="weights">[rows, columns].</param>
    /// <param name="momentum">[rows, columns]: updated.</param>
    /// <param name="gradient">[rows, columns].</param>
    /// <param name="rate">The learning rate.</param>
    /// <param name="weightDecay">The decoupled weight decay.</param>
    /// <returns>The new weights.</returns>
    public static double[,] Step(double[,] weights, double[,] momentum, double[,] gradient, double rate, double weightDecay)
    {
        var (rows, columns) = (weights.GetLength(0), weights.GetLength(1));
        var direction = new double[rows, columns];
        for (var i = 0; i < rows; i++)
            for (var j = 0; j < columns; j++)
            {
                momentum[i, j] = 0.95 * momentum[i, j] + 0.05 * gradient[i, j];
                direction[i, j] = 0.95 * momentum[i, j] + 0.05 * gradient[i, j];
            }
        direction = Orthogonalize(direction);
        var next = new double[rows, columns];
        for (var i = 0; i < rows; i++)
            for (var j = 0; j < columns; j++)
                next[i, j] = weights[i, j] * (1 - rate * weightDecay) - rate * 0.2 * Math.Sqrt(Math.Max(rows, columns)) * direction[i, j];
        return next;
    }

    /// <summary>Five steps of X := a X + (b (X Xᵀ) + c (X Xᵀ)²) X, from X of norm 1.</summary>
    public static double[,] Orthogonalize(double[,] matrix)
    {
        var norm = Math.Sqrt(matrix.Cast<double>().Sum(value => value * value)) + 1e-7;
        var x = Combine(matrix, 1 / norm, matrix, 0);
        for (var i = 0; i < 5; i++)
        {
            var gram = Product(x, Transposed(x));
            x = Combine(x, 3.4445, Product(Combine(gram, -4.7750, Product(gram, gram), 2.0315), x), 1);
        }
        return x;
    }

    private static double[,] Combine(double[,] a, double factorA, double[,] b, double factorB)
    {
        var sum = new double[a.GetLength(0), a.GetLength(1)];
        for (var i = 0; i < a.GetLength(0); i++)
            for (var j = 0; j < a.GetLength(1); j++)
                sum[i, j] = factorA * a[i, j] + factorB * b[i, j];
        return sum;
    }

    private static double[,] Product(double[,] a, double[,] b)
    {
        var product = new double[a.GetLength(0), b.GetLength(1)];
        for (var i = 0; i < a.GetLength(0); i++)
            for (var j = 0; j < b.GetLength(1); j++)
                for (var k = 0; k < a.GetLength(1); k++)
                    product[i, j] += a[i, k] * b[k, j];
        return product;
    }

    private static double[,] Transposed(double[,] a)
    {
        var transposed = new double[a.GetLength(1), a.GetLength(0)];
        for (var i = 0; i < a.GetLength(0); i++)
            for (var j = 0; j < a.GetLength(1); j++)
                transposed[j, i] = a[i, j];
        return transposed;
    }
}
