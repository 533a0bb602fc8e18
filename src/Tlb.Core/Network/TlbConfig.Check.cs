using System.Globalization;
using System.Runtime.CompilerServices;

namespace Tlb.Core;

/// <summary>What a network must keep to: ranges, what goes together, and how much memory and work it may take.</summary>
public sealed partial record TlbConfig
{
    /// <summary>Checks all values at once.</summary>
    /// <returns>What is wrong, a sentence each; empty if the network can be built.</returns>
    public IReadOnlyList<string> Validate() => OptionsCheck.Run(this);

    /// <summary>Throws if <see cref="Validate"/> finds anything wrong.</summary>
    /// <exception cref="ArgumentException">A value is out of range; the message lists every such value.</exception>
    public void ThrowIfInvalid() => InvalidOptions.ThrowIfAny(nameof(TlbConfig), Validate());

    void ICheckedOptions.Check(OptionsCheck check)
    {
        var before = check.Problems.Count;
        check.Named(Form);
        check.Named(Tokenizer);
        check.Named(Positions);
        check.Named(ChunkOrder);
        check.Named(StateKind);
        check.Named(ReadOut);
        check.Between(ImageSize, 1, Most.ImageSize);
        check.Between(PatchSize, 1, Most.ImageSize);
        check.Between(ConvolutionLayers, 1, Most.Convolutions);
        check.Between(ConvolutionPairs, 0, Most.Convolutions);
        check.That(ConvolutionKernel is >= 1 and <= Most.Kernel && ConvolutionKernel % 2 == 1, ConvolutionKernel, $"an odd number, 1 to {Most.Kernel}");
        check.Between(ConvolutionChannels, 1, Most.EmbeddingDimension);
        check.Between(ConvolutionPooling, 2, 3);
        check.Between(EmbeddingDimension, 1, Most.EmbeddingDimension);
        check.Between(ChunkSize, 1, Most.ChunkSize);
        check.Between(NumberOfStates, 1, Most.ChunkSize);
        check.Between(R, 1, Most.Count);
        check.Between(NumberOfLayers, 1, Most.Count);
        check.Between(NumberOfHeads, 1, Most.Count);
        check.Between(FeedForwardExpansion, 1, Most.Expansion);
        check.Between(NumberOfClasses, 2, Most.Classes);
        check.ShareBelowOne(AttentionDropout);
        check.ShareBelowOne(FeedForwardDropout);
        CheckUnused(check);
        if (Form == TlbForm.Paper)
            CheckPaper(check);
        if (ImageSize is >= 1 and <= Most.ImageSize && PatchSize is >= 1 and <= Most.ImageSize && ChunkSize is >= 1 and <= Most.ChunkSize
            && ConvolutionLayers is >= 1 and <= Most.Convolutions && ConvolutionPairs is >= 0 and <= Most.Convolutions)
        {
            check.That(ConvolutionPairs <= ConvolutionLayers, ConvolutionPairs, Invariant($"at most ConvolutionLayers, {ConvolutionLayers}"));
            CheckSizes(check);
        }
        if (check.Problems.Count == before)
            CheckMemory(check);
    }

    /// <summary>What the form and the tokenizer have no use for stays as it is by default, so that nothing is set in vain.</summary>
    private void CheckUnused(OptionsCheck check)
    {
        if (Form == TlbForm.KerasExample)
        {
            const string Form = "the Keras example's form has no other: set Form to Paper";
            Only(Tokenizer, KerasExample.Tokenizer, Form);
            Only(Positions, KerasExample.Positions, Form);
            Only(ChunkOrder, KerasExample.ChunkOrder, Form);
            Only(NumberOfStates, KerasExample.NumberOfStates, "the Keras example's form has ChunkSize state vectors: set Form to Paper");
            Only(StateKind, KerasExample.StateKind, Form);
            Only(ReadOut, KerasExample.ReadOut, "the Keras example's form reads the last chunk: set Form to Paper");
        }
        if (Tokenizer == TokenizerKind.Convolutions)
            Only(PatchSize, KerasExample.PatchSize, "convolutions have no patches: set Tokenizer to Patches");
        else
        {
            const string Convolutions = "patches have none: set Tokenizer to Convolutions";
            Only(ConvolutionLayers, KerasExample.ConvolutionLayers, Convolutions);
            Only(ConvolutionPairs, KerasExample.ConvolutionPairs, Convolutions);
            Only(ConvolutionKernel, KerasExample.ConvolutionKernel, Convolutions);
            Only(ConvolutionChannels, KerasExample.ConvolutionChannels, Convolutions);
            Only(ConvolutionPooling, KerasExample.ConvolutionPooling, Convolutions);
        }

        void Only<T>(T value, T unset, string reason, [CallerArgumentExpression(nameof(value))] string name = "") =>
            check.That(check.Has(name) || EqualityComparer<T>.Default.Equals(value, unset), value, $"{unset}, its default, since {reason}", name);
    }

    private void CheckPaper(OptionsCheck check)
    {
        if (NumberOfHeads is >= 1 and <= Most.Count)
            check.That(EmbeddingDimension % NumberOfHeads == 0, EmbeddingDimension, Invariant($"a multiple of NumberOfHeads, {NumberOfHeads}, which share it"));
        if (R is >= 1 and <= Most.Count)
            check.That(NumberOfLayers > R, NumberOfLayers, Invariant($"more than R, {R}: after R layers, one reads the state"));
    }

    private void CheckSizes(OptionsCheck check)
    {
        if (Tokenizer == TokenizerKind.Patches && ImageSize % PatchSize != 0)
            check.Add(nameof(ImageSize), Invariant($"is {ImageSize}; expected a multiple of PatchSize, {PatchSize}; ") + ImageSizes());
        else if (TokenCount < ChunkSize && Form == TlbForm.Paper)
            check.Add(nameof(ChunkSize), Invariant($"is {ChunkSize}; expected at most {TokenCount}, the tokens of an image."));
        else if (TokenCount % ChunkSize != 0 && Form == TlbForm.KerasExample)
            check.Add(nameof(ChunkSize), Invariant($"is {ChunkSize}; expected a divisor of {TokenCount}, the tokens of ImageSize {ImageSize} and PatchSize {PatchSize}; ") +
                $"chunk sizes that would work: {Nearest(size => TokenCount % size == 0, ChunkSize)}; {ImageSizes()}");

        string ImageSizes() => $"image sizes that would work: {Nearest(Works, ImageSize)}.";

        bool Works(int size) => size % PatchSize == 0 && (Form == TlbForm.Paper ? Square(size / PatchSize) >= ChunkSize : Square(size / PatchSize) % ChunkSize == 0);

        static long Square(long side) => side * side;
    }

    /// <summary>
    /// No array of the weights or of a pass may have more numbers than 2^29 (2 GB), so that places in it are whole numbers of 32 bits, with
    /// room for two such arrays side by side. Worked out for the widest registers, 16 images side by side.
    /// </summary>
    private void CheckMemory(OptionsCheck check)
    {
        const int Images = 16;
        long k = Math.Max(ChunkSize, Form == TlbForm.Paper ? NumberOfStates : 0), d = EmbeddingDimension, h = NumberOfHeads, padding = 8;
        Bound(nameof(ImageSize), Images * (long)ImageSize * ImageSize * Channels, "the images of a pass", "ImageSize");
        if (Tokenizer == TokenizerKind.Patches)
            Bound(nameof(PatchSize), Images * k * (PatchSize * (long)PatchSize * Channels + padding), "the patches of a chunk", "PatchSize or ChunkSize");
        for (var i = 0; i < ConvolutionCount; i++)
            Bound(nameof(ConvolutionChannels), Images * (long)ConvolutionSize(i) * ConvolutionSize(i) * (ConvolutionInputs(i + 1) + padding), "a convolution's result", "ConvolutionChannels, EmbeddingDimension or ImageSize");
        Bound(nameof(ChunkSize), Images * k * h * k, "the attention of a chunk", Form == TlbForm.Paper ? "ChunkSize, NumberOfStates or NumberOfHeads" : "ChunkSize or NumberOfHeads");
        var widest = Math.Max(Form == TlbForm.Paper ? 1 : h, FeedForwardExpansion);
        Bound(nameof(EmbeddingDimension), Images * k * (widest * (d + 1) + padding), "the features of a chunk", "EmbeddingDimension, ChunkSize or NumberOfHeads");
        if (ReadsTokens)
            Bound(nameof(ImageSize), Images * (long)TokenCount * (d + padding), "the tokens of an image", "ImageSize or EmbeddingDimension");
        Bound(nameof(NumberOfStates), TokenCount * (long)DistinctStates, "the maps of the state vectors", "NumberOfStates or ImageSize");
        Bound(nameof(NumberOfClasses), Images * (long)NumberOfClasses + ReadOutWidth * (long)NumberOfClasses, "the classifier", "NumberOfClasses or EmbeddingDimension");
        Bound(nameof(NumberOfLayers), WeightCount, "the weights", "NumberOfLayers, EmbeddingDimension or NumberOfHeads");
        if (Work > Most.Work)
            check.Add(nameof(NumberOfLayers), Invariant($"makes the work of an image {Work:N0} multiplications; expected at most {Most.Work:N0}: lower NumberOfLayers, EmbeddingDimension or ") +
                (Tokenizer == TokenizerKind.Patches ? "the tokens, (ImageSize / PatchSize)^2." : "ImageSize."));

        void Bound(string name, long count, string what, string lower)
        {
            if (count > Most.Numbers)
                check.Add(name, Invariant($"makes {what} {count:N0} numbers; expected at most {Most.Numbers:N0}: lower {lower}."));
        }
    }

    /// <summary>The weights of the network; of a valid one as many as <see cref="ParameterLayout.ValueCount"/> says.</summary>
    internal long WeightCount => NetworkPlan.Parameters(this).Sum(parameter => parameter.Shape.Aggregate(1L, (product, size) => checked(product * size)));

    /// <summary>The multiplications of an image, with some for each step that takes few: a small file must not keep a machine busy for hours.</summary>
    internal Int128 Work                                                     // of the largest sizes at once it is beyond 64 bits
    {
        get
        {
            const int Step = 2048;
            var plan = new NetworkPlan(this);
            Int128 d = EmbeddingDimension, width = NumberOfHeads * (long)plan.HeadDimension, chunk = 0, tokenizer = 0;
            foreach (var block in plan.Blocks)
            {
                int queries = Columns(block.Attention.Queries), keys = Columns(block.Attention.Context);
                chunk += queries * (2 * width * (d + keys) + 2 * FeedForwardExpansion * d * d + Step);
                if (!plan.HasWideHeads)
                    chunk += 2 * keys * d * d;                               // keys and values of their own
            }
            if (Tokenizer == TokenizerKind.Patches)
                tokenizer = TokenCount * (PatchSize * (long)PatchSize * Channels * d);
            for (var i = 0; i < ConvolutionCount; i++)
            {
                Int128 window = ConvolutionKernel * ConvolutionKernel * ConvolutionInputs(i);
                tokenizer += ConvolutionSize(i) * (long)ConvolutionSize(i) * window * ConvolutionInputs(i + 1);
            }
            return ChunkCount * chunk + tokenizer;

            int Columns(TokenStream stream) => stream == TokenStream.Slow ? plan.StateCount : ChunkSize;
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
        public const int Convolutions = 8;
        public const int Kernel = 15;
        public const int Expansion = 16;
        public const int Classes = 1_000_000;
        public const long Numbers = 1L << 29;
        public const long Work = 1L << 40;
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
