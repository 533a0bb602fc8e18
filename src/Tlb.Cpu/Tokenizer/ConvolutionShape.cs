namespace Tlb.Cpu;

/// <summary>The sizes of a layer of convolutions, in features: numbers of one image.</summary>
/// <remarks>
/// What a layer reads lies as [rows][columns][channels] with a margin of zeros around it. So the window of a place of the result is
/// a few runs of neighbouring features, one in each row of the window, wherever the place is.
/// </remarks>
internal sealed class ConvolutionShape
{
    /// <summary>The rows and columns that a pooling looks at. One that looks at two of them looks at the second twice.</summary>
    public const int Looks = 3;

    /// <summary>Features that may be read beyond an image, whose values don't matter.</summary>
    public const int Slack = 2 * Registers.MostLanes;

    private const int WorthAChangeOfBasis = 16;                              // inputs: with fewer it costs more than it saves

    private const int CloseToTheCore = 7 * 1024;                             // floats: of what a band of rows reads, most of 32 KB

    private readonly int _pooling;
    private readonly bool _isPooled;

    /// <summary>Works out the sizes.</summary>
    /// <param name="config">The network.</param>
    /// <param name="convolution">Which convolution, from 0.</param>
    public ConvolutionShape(TlbConfig config, int convolution)
    {
        (Kernel, _pooling, _isPooled) = (config.ConvolutionKernel, config.ConvolutionPooling, config.ConvolutionPools(convolution));
        (Size, Inputs, Outputs) = (config.ConvolutionSize(convolution), config.ConvolutionInputs(convolution), config.ConvolutionInputs(convolution + 1));
        Row = checked((Size + 2 * Margin) * Inputs);
        Image = checked((Size + 2 * Margin) * Row);
    }

    /// <summary>The rows and columns of a window.</summary>
    public int Kernel { get; }

    /// <summary>The rows and columns of what is read, and of the result before it is pooled.</summary>
    public int Size { get; }

    /// <summary>The rows and columns of the result.</summary>
    public int PooledSize => _isPooled ? (Size + 1) / 2 : Size;

    /// <summary>Whether the forward pass goes by <see cref="Winograd"/>.</summary>
    public bool UsesWinograd => Kernel == 3 && Inputs >= WorthAChangeOfBasis && Size >= Winograd.TileSize;

    /// <summary>The rows and columns of zeros on each side.</summary>
    public int Margin => Kernel / 2;

    /// <summary>The channels of what is read.</summary>
    public int Inputs { get; }

    /// <summary>The channels of the result.</summary>
    public int Outputs { get; }

    /// <summary>The features of a row of a window, neighbours.</summary>
    public int Run => Kernel * Inputs;

    /// <summary>The features of a row of what is read, with its margins.</summary>
    public int Row { get; }

    /// <summary>The features of what is read, with its margins.</summary>
    public int Image { get; }

    /// <summary>The channels of the result, filled up to whole panels.</summary>
    public int PaddedOutputs => PackedMatrix.Pad(Outputs);

    /// <summary>The numbers of the result, filled up.</summary>
    public long PooledFeatures => (long)PooledSize * PooledSize * PaddedOutputs;

    /// <summary>The rows of the result whose gradients are taken together: few enough for what they read to stay close to the core.</summary>
    public int Band => Math.Clamp((CloseToTheCore / Row - Kernel) / 2, 1, PooledSize);

    /// <summary>The gradients of a band of rows.</summary>
    public long BandGradients => Outputs * (long)Band * PooledSize;

    /// <summary>Where the first feature inside the margins lies.</summary>
    public int Inside => Margin * (Row + Inputs);

    /// <summary>Features filled up to whole cache lines, with room to read beyond them.</summary>
    public static long FillUp(long features) => (features + Registers.MostLanes - 1) / Registers.MostLanes * Registers.MostLanes + Slack;

    /// <summary>A row or column of the result that a row or column of the pooled result looks at, in order.</summary>
    /// <remarks>Beyond an edge it is the one at the edge, which is looked at anyway: it adds nothing. Where nothing is pooled it is the place itself.</remarks>
    public int Look(int pooled, int look) =>
        _isPooled ? Math.Clamp(2 * pooled - (_pooling - 1) / 2 + Math.Min(look, _pooling - 1), 0, Size - 1) : pooled;
}
