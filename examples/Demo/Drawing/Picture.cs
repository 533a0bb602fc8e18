namespace Tlb.Examples.Demo;

/// <summary>One picture: a shape of random place, size, turn, colours and texture on a random background, with noise.</summary>
/// <remarks>Colours, brightness and area are drawn alike for every shape: only the shape tells the classes apart.</remarks>
internal sealed class Picture
{
    private readonly Random _random;
    private readonly int _size;

    public Picture(Random random, int size) => (_random, _size) = (random, size);

    /// <summary>Draws a shape.</summary>
    /// <returns>Red, green, blue and alpha of each pixel.</returns>
    public byte[] Draw(Func<double, double, double> shape)
    {
        var (background, foreground) = Colours();
        var (backTexture, frontTexture) = (new Texture(_random), new Texture(_random));
        var radius = Between(0.28, 0.44);                                    // of the picture's side
        var (centreX, centreY) = (Between(radius, 1 - radius), Between(radius, 1 - radius));
        var (sin, cos) = Math.SinCos(Between(-0.5, 0.5));                    // turned by up to 29 degrees
        var noise = Between(4, 18);
        var pixels = new byte[_size * _size * 4];
        for (var row = 0; row < _size; row++)
            for (var column = 0; column < _size; column++)
            {
                var (x, y) = ((column + 0.5) / _size, (row + 0.5) / _size);
                var (dx, dy) = ((x - centreX) / radius, (y - centreY) / radius);
                var inside = Math.Clamp(0.5 - shape(dx * cos + dy * sin, dy * cos - dx * sin) * radius * _size, 0, 1);
                var pixel = pixels.AsSpan((row * _size + column) * 4, 4);
                for (var c = 0; c < 3; c++)
                {
                    var back = background[c] + backTexture.At(x, y);
                    var front = foreground[c] + frontTexture.At(x, y);
                    pixel[c] = (byte)Math.Clamp(back + inside * (front - back) + noise * Gauss(), 0, 255);
                }
                pixel[3] = byte.MaxValue;
            }
        return pixels;
    }

    /// <summary>Two colours that differ enough to be told apart.</summary>
    private (double[] Background, double[] Foreground) Colours()
    {
        while (true)
        {
            var (first, second) = (Colour(), Colour());
            if (first.Zip(second, (a, b) => Math.Abs(a - b)).Sum() > 200)
                return (first, second);
        }
    }

    private double[] Colour() => [Between(20, 235), Between(20, 235), Between(20, 235)];

    private double Between(double low, double high) => low + (high - low) * _random.NextDouble();

    private double Gauss() => Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());

    /// <summary>Plain, a gradient, or stripes.</summary>
    private sealed class Texture
    {
        private readonly int _kind;
        private readonly double _strength;
        private readonly double _directionX;
        private readonly double _directionY;
        private readonly double _frequency;

        public Texture(Random random)
        {
            _kind = random.Next(3);
            _strength = 15 + 30 * random.NextDouble();
            (_directionY, _directionX) = Math.SinCos(2 * Math.PI * random.NextDouble());
            _frequency = 12 + 20 * random.NextDouble();
        }

        public double At(double x, double y)
        {
            var along = (x - 0.5) * _directionX + (y - 0.5) * _directionY;
            return _kind switch { 0 => 0, 1 => 2 * _strength * along, _ => _strength * Math.Sin(_frequency * along) };
        }
    }
}
