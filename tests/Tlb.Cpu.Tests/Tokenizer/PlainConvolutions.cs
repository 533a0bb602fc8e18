namespace Tlb.Cpu.Tests;

/// <summary>Layers of convolutions with ReLU and max-pooling, forward and back: plain loops over one image, in double precision.</summary>
internal sealed class PlainConvolutions
{
    private readonly TlbConfig _config;
    private readonly NetworkWeights _weights;
    private readonly double[][] _inputs;                                     // of each convolution, [size][size][in]; then the tokens
    private readonly int[][] _winners;                                       // of each convolution, [pooled][pooled][out]: a place of the result; -1 for none

    /// <summary>Runs forward.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="image">[S, S, 3].</param>
    public PlainConvolutions(NetworkWeights weights, float[] image)
    {
        (_weights, _config) = (weights, weights.Config);
        _inputs = new double[_config.ConvolutionCount + 1][];
        _winners = new int[_config.ConvolutionCount][];
        _inputs[0] = Array.ConvertAll(image, value => (double)value);
        for (var layer = 0; layer < _config.ConvolutionCount; layer++)
            (_inputs[layer + 1], _winners[layer]) = Pool(layer, Convolve(layer));
    }

    /// <summary>The tokens, [N, D].</summary>
    public double[] Tokens => _inputs[^1];

    /// <summary>Poolings whose largest number is above 0, and is found in several places.</summary>
    public int Ties { get; private set; }

    /// <summary>Adds the gradients of the weights.</summary>
    /// <param name="tokens">The gradient of the tokens, [N, D].</param>
    /// <param name="gradients">The gradients of each parameter.</param>
    public void AddGradients(double[] tokens, Dictionary<string, double[]> gradients)
    {
        var above = tokens;
        for (var layer = _config.ConvolutionCount - 1; layer >= 0; layer--)
        {
            var outputs = _config.ConvolutionInputs(layer + 1);
            var below = new double[_inputs[layer].Length];
            double[] kernel = gradients[$"tokenizer.{layer}.kernel"], bias = gradients[$"tokenizer.{layer}.bias"];
            var weights = _weights[$"tokenizer.{layer}.kernel"];
            var windows = Windows(layer);
            for (var i = 0; i < above.Length; i++)
            {
                var (winner, output) = (_winners[layer][i], i % outputs);
                if (winner < 0)
                    continue;
                bias[output] += above[i];
                foreach (var (from, weight) in windows[winner])
                {
                    kernel[weight * outputs + output] += _inputs[layer][from] * above[i];
                    below[from] += weights[weight * outputs + output] * above[i];
                }
            }
            above = below;
        }
    }

    private double[] Convolve(int layer)
    {
        int size = _config.ConvolutionSize(layer), outputs = _config.ConvolutionInputs(layer + 1);
        Span<float> kernel = _weights[$"tokenizer.{layer}.kernel"], bias = _weights[$"tokenizer.{layer}.bias"];
        var result = new double[size * size * outputs];
        var windows = Windows(layer);
        for (var place = 0; place < size * size; place++)
            for (var output = 0; output < outputs; output++)
            {
                double sum = bias[output];
                foreach (var (from, weight) in windows[place])
                    sum += _inputs[layer][from] * kernel[weight * outputs + output];
                result[place * outputs + output] = sum;
            }
        return result;
    }

    private (double[], int[]) Pool(int layer, double[] x)
    {
        int size = _config.ConvolutionSize(layer), half = _config.ConvolutionSize(layer + 1), outputs = _config.ConvolutionInputs(layer + 1);
        var (step, window) = _config.ConvolutionPools(layer) ? (2, _config.ConvolutionPooling) : (1, 1);
        var (pooled, winners) = (new double[half * half * outputs], new int[half * half * outputs]);
        Array.Fill(winners, -1);
        for (var i = 0; i < pooled.Length; i++)
        {
            var (row, column, output, ties) = (i / outputs / half * step, i / outputs % half * step, i % outputs, 0);
            var before = (window - 1) / 2;
            for (var r = Math.Max(0, row - before); r < Math.Min(size, row - before + window); r++)
                for (var c = Math.Max(0, column - before); c < Math.Min(size, column - before + window); c++)
                {
                    var value = x[(r * size + c) * outputs + output];
                    if (value > pooled[i])
                        (pooled[i], winners[i], ties) = (value, r * size + c, 0);
                    else if (value == pooled[i] && value > 0)
                        ties = 1;
                }
            Ties += ties;
        }
        return (pooled, winners);
    }

    /// <summary>What each place of a layer's result is made of: numbers of what is read, and the row of the kernel for each.</summary>
    private List<(int From, int Weight)>[] Windows(int layer)
    {
        int size = _config.ConvolutionSize(layer), inputs = _config.ConvolutionInputs(layer), k = _config.ConvolutionKernel;
        var windows = new List<(int, int)>[size * size];
        for (var place = 0; place < windows.Length; place++)
        {
            windows[place] = [];
            for (var y = 0; y < k; y++)
                for (var x = 0; x < k; x++)
                {
                    int row = place / size + y - k / 2, column = place % size + x - k / 2;
                    for (var i = 0; i < inputs && row >= 0 && column >= 0 && row < size && column < size; i++)
                        windows[place].Add(((row * size + column) * inputs + i, (y * k + x) * inputs + i));
                }
        }
        return windows;
    }
}
