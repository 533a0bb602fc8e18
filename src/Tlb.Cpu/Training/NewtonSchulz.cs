namespace Tlb.Cpu;

/// <summary>Brings a matrix near the orthogonal one that is nearest to it, see <see cref="Muon"/>; with room that is used again.</summary>
internal sealed class NewtonSchulz
{
    private const int Steps = 5;
    private const float Epsilon = 1e-7f;
    private const float A = 3.4445f, B = -4.7750f, C = 2.0315f;              // of the polynomial a s + b s^3 + c s^5, steep at 0

    private float[] _direction = [];
    private float[] _x = [], _transposed = [], _result = [];                 // [rows, columns], the transposed the other way round, filled up
    private float[] _gram = [], _square = [], _product = [], _total = [];    // [shorter side, shorter side], filled up, all symmetric

    /// <summary>Room for a matrix.</summary>
    public Span<float> Direction(int count) => Room(ref _direction, count);

    /// <summary>Brings a matrix near an orthogonal one.</summary>
    /// <remarks>
    /// A step is X &lt;- p(G) X with G = X Xᵀ and p(G) = a + b G + c G². So G &lt;- p(G)² G, and the matrix itself is multiplied once, with the
    /// product of all p(G): small symmetric matrices throughout, of which half is computed.
    /// </remarks>
    /// <param name="matrix">[rows, columns].</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="columns">Its columns.</param>
    public void Orthogonalize(Span<float> matrix, int rows, int columns)
    {
        var isTall = rows > columns;                                         // then its transposed is worked on: fewer products
        var (m, n) = isTall ? (SmallMatrix.Pad(columns), SmallMatrix.Pad(rows)) : (SmallMatrix.Pad(rows), SmallMatrix.Pad(columns));
        Span<float> x = Room(ref _x, m * n), transposed = Room(ref _transposed, m * n), result = Room(ref _result, m * n);
        Span<float> gram = Room(ref _gram, m * m), square = Room(ref _square, m * m), product = Room(ref _product, m * m), total = Room(ref _total, m * m);
        x.Clear();
        transposed.Clear();
        var scale = (float)(1 / (WeightVectors.Norm(matrix) + Epsilon));
        for (var row = 0; row < rows; row++)
            for (var column = 0; column < columns; column++)
            {
                var (i, j) = isTall ? (column, row) : (row, column);
                x[i * n + j] = transposed[j * m + i] = matrix[row * columns + column] * scale;
            }
        SmallMatrix.MultiplySymmetric(x, transposed, gram, m, n);            // G = X Xᵀ, [m, m]
        for (var step = 1; step <= Steps; step++)
        {
            SmallMatrix.MultiplySymmetric(gram, gram, square, m, m);
            WeightVectors.Scale(square, C);
            SmallMatrix.AddScaled(square, gram, B);
            for (var i = 0; i < m; i++)
                square[i * m + i] += A;                                      // p(G)
            if (step == 1)
            {
                square.CopyTo(total);
            }
            else
            {
                SmallMatrix.MultiplySymmetric(square, total, product, m, m);
                product.CopyTo(total);
            }
            if (step == Steps)
                break;
            SmallMatrix.MultiplySymmetric(square, gram, product, m, m);      // p(G) G
            SmallMatrix.MultiplySymmetric(square, product, gram, m, m);      // p(G)² G
        }
        SmallMatrix.Multiply(total, x, result, m, m, n);
        for (var row = 0; row < rows; row++)
            for (var column = 0; column < columns; column++)
                matrix[row * columns + column] = result[isTall ? column * n + row : row * n + column];
    }

    private static Span<float> Room(ref float[] room, int count)
    {
        if (room.Length < count)
            room = new float[count];
        return room.AsSpan(0, count);
    }
}
