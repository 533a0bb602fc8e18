namespace Tlb.Core;

/// <summary>The shape of a Temporal Latent Bottleneck network: everything that decides which weights it has and what it computes.</summary>
/// <remarks>
/// The defaults are those of the Keras example "When Recurrence meets Transformers" (CIFAR-10, 415,882 parameters);
/// <see cref="Base"/> is of the paper's form.
/// An image becomes tokens, which are read in chunks; a fast stream of Transformer blocks reads one chunk at a time, and a slow
/// stream of a few state vectors carries what was read to the next chunk (Didolkar et al., 2022, arXiv 2205.14794).
/// </remarks>
public sealed partial record TlbConfig : ICheckedOptions
{
    /// <summary>The number of colour channels of an image: red, green, blue.</summary>
    public const int Channels = 3;

    /// <summary>The epsilon of every layer normalisation.</summary>
    public const float LayerNormEpsilon = 1e-5f;

    /// <summary>The network of the Keras example, as <c>new TlbConfig()</c> gives it.</summary>
    public static TlbConfig KerasExample { get; } = new();

    /// <summary>
    /// The paper's form behind a convolutional tokenizer, for pictures of 32x32 pixels: 16 tokens in 4 chunks, 8 state
    /// vectors, 471,210 parameters for 10 classes. <see cref="ForImages"/> has it, and those below, for pictures of other sizes.
    /// </summary>
    public static TlbConfig Base { get; } = new()
    {
        Form = TlbForm.Paper,
        Tokenizer = TokenizerKind.Convolutions,
        ImageSize = 32,
        ConvolutionLayers = 3,
        ConvolutionChannels = 64,
        EmbeddingDimension = 96,
        ChunkSize = 4,
        NumberOfHeads = 4,
        FeedForwardExpansion = 2,
    };

    /// <summary>A network of <see cref="Base"/>'s kind that is half as wide and half as deep, for quick runs: 82,874 parameters for 10 classes.</summary>
    public static TlbConfig Small { get; } = Base with { ConvolutionChannels = 32, EmbeddingDimension = 48, NumberOfLayers = 2, R = 1 };

    /// <summary>
    /// A network of <see cref="Base"/>'s kind with pairs of convolutions, and wider: more accurate, for less than half the speed;
    /// 918,922 parameters for 10 classes.
    /// </summary>
    public static TlbConfig Large { get; } = Base with { ConvolutionPairs = 2, ConvolutionChannels = 48, EmbeddingDimension = 128, NumberOfLayers = 3 };

    /// <summary>The smallest network with all the parts, for tests that drive a whole pipeline in seconds: 8x8 pixels, 4 tokens, 2 chunks.</summary>
    public static TlbConfig Tiny { get; } = new() { ImageSize = 8, PatchSize = 4, EmbeddingDimension = 8, ChunkSize = 2, NumberOfLayers = 2 };

    /// <summary>The named networks: Tiny, Small, Base, Large and KerasExample.</summary>
    public static IReadOnlyDictionary<string, TlbConfig> Presets { get; } = new Dictionary<string, TlbConfig>(StringComparer.OrdinalIgnoreCase)
    {
        [nameof(Tiny)] = Tiny, [nameof(Small)] = Small, [nameof(Base)] = Base, [nameof(Large)] = Large, [nameof(KerasExample)] = KerasExample,
    };

    /// <summary>
    /// A network of a kind for images of a size: it reads them at their own size, up to 224x224 pixels, with as few
    /// <see cref="ConvolutionLayers"/> as give 7x7 tokens or fewer, and from 24 pixels on with no fewer than the kind has, in chunks of a quarter
    /// of the tokens, rounded up. Beyond 64 pixels it has half the <see cref="ConvolutionChannels"/>, as there it is the first layers that take the
    /// time. A network of <see cref="TokenizerKind.Patches"/> stays as it is: it has all images resized to its own size.
    /// </summary>
    /// <param name="height">The images' height in pixels, 1 or more.</param>
    /// <param name="width">Their width, 1 or more. The network is square: of the longer side.</param>
    /// <param name="kind">The kind of network, such as <see cref="Large"/>; null for <see cref="Base"/>, the one to take where there is no reason for another.</param>
    /// <exception cref="ArgumentOutOfRangeException">A side is below 1.</exception>
    public static TlbConfig ForImages(int height, int width, TlbConfig? kind = null)
    {
        const int LargestImage = 224, LargestGrid = 7, Smallest = 24, MostPixels = 64, Chunks = 4;
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        kind ??= Base;
        if (kind.Tokenizer == TokenizerKind.Patches)
            return kind;
        var network = kind with { ImageSize = Math.Min(Math.Max(height, width), LargestImage), ConvolutionLayers = 1, ConvolutionPairs = 0 };
        while (network.GridSize > LargestGrid || (network.ImageSize >= Smallest && network.ConvolutionLayers < kind.ConvolutionLayers))
            network = network with { ConvolutionLayers = network.ConvolutionLayers + 1 };
        return network with
        {
            ConvolutionPairs = Math.Min(kind.ConvolutionPairs, network.ConvolutionLayers),
            ConvolutionChannels = network.ImageSize > MostPixels ? (kind.ConvolutionChannels + 1) / 2 : kind.ConvolutionChannels,
            ChunkSize = (network.TokenCount + Chunks - 1) / Chunks,
        };
    }

    /// <summary>Which reading of the Temporal Latent Bottleneck it is. Default <see cref="TlbForm.KerasExample"/>.</summary>
    public TlbForm Form { get; init; }

    /// <summary>
    /// Height and width of the network's input, in pixels, at most 4096; with <see cref="TokenizerKind.Patches"/> a multiple of
    /// <see cref="PatchSize"/>. Default 48.
    /// </summary>
    public int ImageSize { get; init; } = 48;

    /// <summary>What makes tokens of an image. Default <see cref="TokenizerKind.Patches"/>; the Keras example's form has no other.</summary>
    public TokenizerKind Tokenizer { get; init; }

    /// <summary>Height and width of a patch, in pixels, at most 4096. Default 4. Convolutions have none.</summary>
    public int PatchSize { get; init; } = 4;

    /// <summary>
    /// The layers of <see cref="TokenizerKind.Convolutions"/>, each of which halves the sides, rounded up; 1 to 8. Default 2: 32x32 pixels
    /// become 8x8 tokens.
    /// </summary>
    public int ConvolutionLayers { get; init; } = 2;

    /// <summary>
    /// How many of the last <see cref="ConvolutionLayers"/> are pairs; 0 to all of them. Default 0. A pair is two convolutions, a ReLU after
    /// each, and halves the sides after the second, as in VGG (Simonyan and Zisserman, 2014); it has twice as many channels as the layer before
    /// it.
    /// </summary>
    public int ConvolutionPairs { get; init; }

    /// <summary>Height and width of the kernels of <see cref="TokenizerKind.Convolutions"/>, in pixels: odd, 1 to 15. Default 3.</summary>
    public int ConvolutionKernel { get; init; } = 3;

    /// <summary>
    /// The channels between the layers of <see cref="TokenizerKind.Convolutions"/>; 1 to 8192. Default 32. Pairs have more, up to
    /// <see cref="EmbeddingDimension"/>, and the last layer has as many as that: its result is the tokens.
    /// </summary>
    public int ConvolutionChannels { get; init; } = 32;

    /// <summary>Height and width of what a max-pooling of <see cref="TokenizerKind.Convolutions"/> looks at, in pixels: 2 or 3. Default 3.</summary>
    public int ConvolutionPooling { get; init; } = 3;

    /// <summary>The width of a token and of a state vector (Keras's <c>embed_dim</c>); 1 to 8192. Default 64.</summary>
    public int EmbeddingDimension { get; init; } = 64;

    /// <summary>
    /// What tells tokens of different places apart. Default <see cref="PositionKind.Learned"/>; the Keras example's form has no other.
    /// </summary>
    public PositionKind Positions { get; init; }

    /// <summary>
    /// The tokens in a chunk; 1 to 65536, at most <see cref="TokenCount"/>. Default 8. Where it doesn't divide them, the last chunk has
    /// fewer; the Keras example's form must have it divide them.
    /// </summary>
    public int ChunkSize { get; init; } = 8;

    /// <summary>
    /// In which order tokens are read, and so which share a chunk. Default <see cref="ChunkOrder.Strips"/>; the Keras example's form has no
    /// other.
    /// </summary>
    public ChunkOrder ChunkOrder { get; init; }

    /// <summary>
    /// The state vectors of the slow stream in the paper's form; 1 to 65536. Default 8. The Keras example's form has as many as
    /// <see cref="ChunkSize"/>.
    /// </summary>
    public int NumberOfStates { get; init; } = 8;

    /// <summary>What tells the state vectors apart in the paper's form. Default <see cref="StateKind.Learned"/>.</summary>
    public StateKind StateKind { get; init; }

    /// <summary>
    /// How often the fast stream reads the state; 1 to 1024. Default 2. In the paper's form R blocks that attend among the tokens are
    /// followed by one that attends to the state, and so on; <see cref="NumberOfLayers"/> has to be more. In the Keras example's, block i
    /// attends to it as well if i is a multiple of R (Keras's <c>r</c>; i counts the blocks of the list that <see cref="BlockCount"/>
    /// describes).
    /// </summary>
    public int R { get; init; } = 2;

    /// <summary>
    /// The layers of the perceptual module; in the Keras example's form before it is expanded (see <see cref="BlockCount"/>); 1 to 1024.
    /// Default 4.
    /// </summary>
    public int NumberOfLayers { get; init; } = 4;

    /// <summary>
    /// The attention heads; 1 to 1024. Default 1. In the paper's form they share the <see cref="EmbeddingDimension"/>, which has to be a
    /// multiple; in the Keras example's each of them is that wide.
    /// </summary>
    public int NumberOfHeads { get; init; } = 1;

    /// <summary>The hidden width of a feed-forward layer, in multiples of <see cref="EmbeddingDimension"/>; 1 to 16. Default 4.</summary>
    public int FeedForwardExpansion { get; init; } = 4;

    /// <summary>
    /// What the classes are read from in the paper's form. Default <see cref="ReadOutKind.Both"/>. The Keras example reads the mean of the
    /// last chunk's tokens.
    /// </summary>
    public ReadOutKind ReadOut { get; init; } = ReadOutKind.Both;

    /// <summary>The classes told apart; 2 to 1,000,000. The ML.NET trainer sets it from the label column. Default 10.</summary>
    public int NumberOfClasses { get; init; } = 10;

    /// <summary>
    /// The share of attention probabilities dropped in training, 0 to below 1. Default 0: the Keras example names 0.2, but
    /// under Keras 3 never activates it.
    /// </summary>
    public float AttentionDropout { get; init; }

    /// <summary>The share of feed-forward outputs dropped in training, 0 to below 1. Default 0, see <see cref="AttentionDropout"/>.</summary>
    public float FeedForwardDropout { get; init; }

    /// <summary>The tokens along one side of the image.</summary>
    public int GridSize => Tokenizer == TokenizerKind.Patches ? ImageSize / PatchSize : ConvolutionSize(ConvolutionCount);

    /// <summary>The tokens of an image.</summary>
    public int TokenCount => GridSize * GridSize;

    /// <summary>The chunks of an image: the steps of the recurrence.</summary>
    public int ChunkCount => (TokenCount + ChunkSize - 1) / ChunkSize;

    /// <summary>
    /// Whether tokens, their places added, are normalised before the first block: those of patches are, and learn sooner so; those of convolutions
    /// gain nothing by it.
    /// </summary>
    internal bool NormalizesTokens => Tokenizer == TokenizerKind.Patches;

    /// <summary>The convolutions of the tokenizer; none where patches make the tokens.</summary>
    internal int ConvolutionCount => Tokenizer == TokenizerKind.Convolutions ? ConvolutionLayers + ConvolutionPairs : 0;

    /// <summary>Whether a convolution's result is pooled: in a pair the second is.</summary>
    internal bool ConvolutionPools(int convolution) => convolution < ConvolutionSingles || (convolution - ConvolutionSingles) % 2 == 1;

    /// <summary>Height and width of what a convolution reads, in pixels; after the last one, of what it gives.</summary>
    internal int ConvolutionSize(int convolution)
    {
        var size = ImageSize;
        for (var i = 0; i < convolution; i++)
            if (ConvolutionPools(i))
                size = (size + 1) / 2;
        return size;
    }

    /// <summary>The channels that a convolution reads; after the last one, those it gives.</summary>
    internal int ConvolutionInputs(int convolution) => convolution == 0 ? Channels : LayerChannels(LayerOf(convolution - 1));

    /// <summary>The layers of convolutions that are no pairs.</summary>
    private int ConvolutionSingles => ConvolutionLayers - ConvolutionPairs;

    private int LayerOf(int convolution) =>
        convolution < ConvolutionSingles ? convolution : ConvolutionSingles + (convolution - ConvolutionSingles) / 2;

    private int LayerChannels(int layer)
    {
        if (layer == ConvolutionLayers - 1)
            return EmbeddingDimension;
        var doublings = Math.Max(0, layer + 1 - Math.Max(1, ConvolutionSingles));
        return Math.Max(ConvolutionChannels, (int)Math.Min(EmbeddingDimension, (long)ConvolutionChannels << doublings));
    }

    /// <summary>The tokens of a chunk: of all but the last <see cref="ChunkSize"/>.</summary>
    internal int TokensOf(int chunk) => Math.Min(ChunkSize, TokenCount - chunk * ChunkSize);
}
