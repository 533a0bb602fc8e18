using System.Globalization;

namespace Tlb.Core;

/// <summary>The shape of a Temporal Latent Bottleneck network: everything that decides which weights it has and what it computes.</summary>
/// <remarks>
/// The defaults are those of the Keras example "When Recurrence meets Transformers" (CIFAR-10, 415,882 parameters).
/// An image is cut into patches (tokens), the tokens into chunks; a fast stream of Transformer blocks reads one chunk at a
/// time, and a slow stream of <see cref="ChunkSize"/> state vectors carries what was read to the next chunk
/// (Didolkar et al., 2022, arXiv 2205.14794).
/// </remarks>
public sealed record TlbConfig : ICheckedOptions
{
    /// <summary>The number of colour channels of an image: red, green, blue.</summary>
    public const int Channels = 3;

    /// <summary>The hidden width of a feed-forward layer, in multiples of <see cref="EmbeddingDimension"/>.</summary>
    public const int FeedForwardExpansion = 4;

    /// <summary>The epsilon of every layer normalisation.</summary>
    public const float LayerNormEpsilon = 1e-5f;

    /// <summary>The network of the Keras example, as <c>new TlbConfig()</c> gives it.</summary>
    public static TlbConfig KerasExample { get; } = new();

    /// <summary>A network for small pictures and quick runs: 32x32 pixels, 64 tokens in 4 chunks, 64,170 parameters for 10 classes.</summary>
    public static TlbConfig Small { get; } = new() { ImageSize = 32, PatchSize = 4, EmbeddingDimension = 32, ChunkSize = 16, NumberOfLayers = 2 };

    /// <summary>The smallest network with all the parts, for tests that drive a whole pipeline in seconds: 8x8 pixels, 4 tokens, 2 chunks.</summary>
    public static TlbConfig Tiny { get; } = new() { ImageSize = 8, PatchSize = 4, EmbeddingDimension = 8, ChunkSize = 2, NumberOfLayers = 2 };

    /// <summary>Height and width of the network's input, in pixels; a multiple of <see cref="PatchSize"/>, at most 4096. Default 48.</summary>
    public int ImageSize { get; init; } = 48;

    /// <summary>Height and width of a patch, in pixels, at most 4096. Default 4.</summary>
    public int PatchSize { get; init; } = 4;

    /// <summary>The width of a token and of a state vector, and of each attention head (Keras's <c>embed_dim</c>); 1 to 8192. Default 64.</summary>
    public int EmbeddingDimension { get; init; } = 64;

    /// <summary>
    /// The tokens in a chunk, and the state vectors of the slow stream (the Keras example uses one number for both).
    /// Must divide <see cref="TokenCount"/>; 1 to 65536. Default 8.
    /// </summary>
    public int ChunkSize { get; init; } = 8;

    /// <summary>
    /// How often the fast stream reads the state: block i of the perceptual module attends to it if i is a multiple of R
    /// (Keras's <c>r</c>; i counts the blocks of the list that <see cref="BlockCount"/> describes); 1 to 1024. Default 2.
    /// </summary>
    public int R { get; init; } = 2;

    /// <summary>The layers of the perceptual module before it is expanded (see <see cref="BlockCount"/>); 1 to 1024. Default 4.</summary>
    public int NumberOfLayers { get; init; } = 4;

    /// <summary>The attention heads, each <see cref="EmbeddingDimension"/> wide; 1 to 1024. Default 1.</summary>
    public int NumberOfHeads { get; init; } = 1;

    /// <summary>The classes told apart; 2 to 1,000,000. The ML.NET trainer sets it from the label column. Default 10.</summary>
    public int NumberOfClasses { get; init; } = 10;

    /// <summary>
    /// The share of attention probabilities dropped in training, 0 to below 1. Default 0: the Keras example names 0.2, but
    /// under Keras 3 never activates it.
    /// </summary>
    public float AttentionDropout { get; init; }

    /// <summary>The share of feed-forward outputs dropped in training, 0 to below 1. Default 0, see <see cref="AttentionDropout"/>.</summary>
    public float FeedForwardDropout { get; init; }

    /// <summary>The patches along one side of the image.</summary>
    public int GridSize => ImageSize / PatchSize;

    /// <summary>The patches, and so the tokens, of an image.</summary>
    public int TokenCount => GridSize * GridSize;

    /// <summary>The chunks of an image: the steps of the recurrence.</summary>
    public int ChunkCount => TokenCount / ChunkSize;

    /// <summary>
    /// The blocks of the perceptual module: one for each layer, and one more after each layer whose index is a multiple of
    /// <see cref="R"/>.
    /// </summary>
    public int BlockCount => NumberOfLayers + (NumberOfLayers + R - 1) / R;

    /// <summary>Whether block <paramref name="block"/> of the perceptual module attends to the state, after its self-attention.</summary>
    /// <remarks>
    /// That block i of the expanded list does so if i % R == 0 is the Keras example's rule, not the paper's: there R self-attention
    /// blocks are followed by one cross-attention block.
    /// </remarks>
    /// <param name="block">The block's place in the expanded list, from 0 to <see cref="BlockCount"/> - 1.</param>
    public bool ReadsState(int block) => block % R == 0;

    /// <summary>Checks all values at once.</summary>
    /// <returns>What is wrong, a sentence each; empty if the network can be built.</returns>
    public IReadOnlyList<string> Validate() => OptionsCheck.Run(this);

    /// <summary>Throws if <see cref="Validate"/> finds anything wrong.</summary>
    /// <exception cref="ArgumentException">A value is out of range; the message lists every such value.</exception>
    public void ThrowIfInvalid() => InvalidOptions.ThrowIfAny(nameof(TlbConfig), Validate());

    void ICheckedOptions.Check(OptionsCheck check)
    {
        var before = check.Problems.Count;
        check.Between(ImageSize, 1, Most.ImageSize);
        check.Between(PatchSize, 1, Most.ImageSize);
        check.Between(EmbeddingDimension, 1, Most.EmbeddingDimension);
        check.Between(ChunkSize, 1, Most.ChunkSize);
        check.Between(R, 1, Most.Count);
        check.Between(NumberOfLayers, 1, Most.Count);
        check.Between(NumberOfHeads, 1, Most.Count);
        check.Between(NumberOfClasses, 2, Most.Classes);
        check.ShareBelowOne(AttentionDropout);
        check.ShareBelowOne(FeedForwardDropout);
        if (ImageSize is >= 1 and <= Most.ImageSize && PatchSize is >= 1 and <= Most.ImageSize && ChunkSize is >= 1 and <= Most.ChunkSize)
            CheckSizes(check);
        if (check.Problems.Count == before)
            CheckMemory(check);
    }

    private void CheckSizes(OptionsCheck check)
    {
        if (ImageSize % PatchSize != 0)
            check.Add(nameof(ImageSize), Invariant($"is {ImageSize}; expected a multiple of PatchSize, {PatchSize}; ") + ImageSizes());
        else if (TokenCount % ChunkSize != 0)
            check.Add(nameof(ChunkSize), Invariant($"is {ChunkSize}; expected a divisor of {TokenCount}, the tokens of ImageSize {ImageSize} and PatchSize {PatchSize}; ") +
                $"chunk sizes that would work: {Nearest(size => TokenCount % size == 0, ChunkSize)}; {ImageSizes()}");

        string ImageSizes() => $"image sizes that would work: {Nearest(size => size % PatchSize == 0 && Square(size / PatchSize) % ChunkSize == 0, ImageSize)}.";

        static long Square(long side) => side * side;
    }

    /// <summary>
    /// No array of the weights or of a pass may have more numbers than 2^29 (2 GB), so that places in it are whole numbers of 32 bits, with
    /// room for two such arrays side by side. Worked out for the widest registers, 16 images side by side.
    /// </summary>
    private void CheckMemory(OptionsCheck check)
    {
        const int Images = 16;
        long k = ChunkSize, d = EmbeddingDimension, h = NumberOfHeads, padding = 8;
        Bound(nameof(ImageSize), Images * (long)ImageSize * ImageSize * Channels, "the images of a pass", "ImageSize");
        Bound(nameof(PatchSize), Images * k * (PatchSize * (long)PatchSize * Channels + padding), "the patches of a chunk", "PatchSize or ChunkSize");
        Bound(nameof(ChunkSize), Images * k * h * k, "the attention of a chunk", "ChunkSize or NumberOfHeads");
        Bound(nameof(EmbeddingDimension), Images * k * (Math.Max(h, FeedForwardExpansion) * (d + 1) + padding), "the features of a chunk", "EmbeddingDimension, ChunkSize or NumberOfHeads");
        Bound(nameof(NumberOfClasses), Images * (long)NumberOfClasses + d * NumberOfClasses, "the classifier", "NumberOfClasses or EmbeddingDimension");
        Bound(nameof(NumberOfLayers), WeightCount, "the weights", "NumberOfLayers, EmbeddingDimension or NumberOfHeads");
        if (Work > Most.Work)
            check.Add(nameof(NumberOfLayers), Invariant($"makes the work of an image {Work:N0} multiplications; expected at most {Most.Work:N0}: lower NumberOfLayers, EmbeddingDimension or the tokens, (ImageSize / PatchSize)^2."));

        void Bound(string name, long count, string what, string lower)
        {
            if (count > Most.Numbers)
                check.Add(name, Invariant($"makes {what} {count:N0} numbers; expected at most {Most.Numbers:N0}: lower {lower}."));
        }
    }

    /// <summary>The weights of the network; of a valid one as many as <see cref="ParameterLayout.ValueCount"/> says.</summary>
    internal long WeightCount
    {
        get
        {
            long d = EmbeddingDimension, h = NumberOfHeads, blocks = BlockCount;
            var attention = 4 * d * h * d + 3 * h * d + d + 6 * d;           // four kernels, their biases, three normalisations
            var feedForward = 2 * d + FeedForwardExpansion * d * (2 * d + 1) + d;
            var attentions = blocks + (blocks + R - 1) / R + 1;              // of each block, of those that read the state, of the bottleneck
            return PatchSize * (long)PatchSize * Channels * d + d + TokenCount * d + 2 * d
                + attentions * attention + (blocks + 1) * feedForward
                + d * NumberOfClasses + NumberOfClasses;
        }
    }

    /// <summary>The multiplications of an image, with some for each step that takes few: a small file must not keep a machine busy for hours.</summary>
    private long Work
    {
        get
        {
            const long Step = 2048;
            long d = EmbeddingDimension, h = NumberOfHeads, blocks = BlockCount;
            var attentions = blocks + (blocks + R - 1) / R + 1;
            var layer = 2 * h * d * (d + ChunkSize) + 2 * FeedForwardExpansion * d * d + Step;
            return TokenCount * (attentions * layer + PatchSize * (long)PatchSize * Channels * d);
        }
    }

    /// <summary>Names up to four fitting sizes, nearest first.</summary>
    private static string Nearest(Func<int, bool> fits, int near)
    {
        var sizes = Enumerable.Range(1, 4 * near).Where(fits).OrderBy(size => Math.Abs(size - near)).Take(4).Order().ToList();
        return sizes.Count == 0
            ? $"none up to {(4 * near).ToString(CultureInfo.InvariantCulture)}"
            : string.Join(", ", sizes);
    }

    /// <summary>The largest sizes: beyond what this network is for, and small enough that their products fit.</summary>
    private static class Most
    {
        public const int ImageSize = 4096;
        public const int EmbeddingDimension = 8192;
        public const int ChunkSize = 1 << 16;
        public const int Count = 1024;
        public const int Classes = 1_000_000;
        public const long Numbers = 1L << 29;
        public const long Work = 1L << 40;
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
