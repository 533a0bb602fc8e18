namespace Tlb.Cpu;

/// <summary>Brings a matrix near the orthogonal one that is nearest to it, see <see cref="Muon"/>; with room that is used again.</summary>
internal sealed class NewtonSchulz
{
    private const int Iterations = 5;
    private const float Epsilon = 1e-7f;
    private const float A = 3.4445f, B = -4.7750f, C = 2.0315f;              // of the polynomial a s + b s^3 + c s^5, steep at 0

    private float[] _direction = [];
    private float[] _x = [], _next = [], _transposed = [];                   // [rows, columns], the transposed the other way round, filled up
    private float[] _gram = [], _square = [];                                // [rows, rows], filled up

    /// <summary>Room for a matrix.</summary>
    public Span<float> Direction(int count) => Room(ref _direction, count);

    /// <summary>Brings a matrix near an orthogonal one.</summary>
    /// <param name="matrix">[rows, columns].</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="columns">Its columns.</param>
    public void Orthogonalize(Span<float> matrix, int rows, int columns)
    {
        var isTall = rows > columns;                                         // then its transposed is worked on: fewer products
        var (m, n) = isTall ? (SmallMatrix.Pad(columns), SmallMatrix.Pad(rows)) : (SmallMatrix.Pad(rows), SmallMatrix.Pad(columns));
        Span<float> x = Room(ref _x, m * n), next = Room(ref _next, m * n), transposed = Room(ref _transposed, m * n);
        Span<float> gram = Room(ref _gram, m * m), square = Room(ref _square, m * m);
        x.Clear();
        var scale = (float)(1 / (WeightVectors.Norm(matrix) + Epsilon));
        for (var row = 0; row < rows; row++)
            for (var column = 0; column < columns; column++)
                x[isTall ? column * n + row : row * n + column] = matrix[row * columns + column] * scale;
        for (var i = 0; i < Iterations; i++)
        {
            SmallMatrix.Transpose(x, transposed, m, n);
            SmallMatrix.Multiply(x, transposed, gram, m, n, m);              // X Xᵀ, [m, m]
            SmallMatrix.Multiply(gram, gram, square, m, m, m);               // (X Xᵀ)²
            WeightVectors.Scale(square, C);
            SmallMatrix.AddScaled(square, gram, B);
            SmallMatrix.Multiply(square, x, next, m, m, n);                  // [m, n]
            SmallMatrix.AddScaled(next, x, A);
            var old = x;
            x = next;
            next = old;
        }
        for (var row = 0; row < rows; row++)
            for (var column = 0; column < columns; column++)
                matrix[row * columns + column] = x[isTall ? column * n + row : row * n + column];
    }

    private static Span<float> Room(ref float[] room, int count)
    {
        if (room.Length < count)
            room = new float[count];
        return room.AsSpan(0, count);
    }
}
