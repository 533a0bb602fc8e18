namespace Tlb.Cpu.Tests;

/// <summary>The kernels compiled for one kind of register, behind one face: a test is written once and runs for each.</summary>
/// <remarks>Widths that the machine lacks are run by the runtime in smaller pieces, so that all of them can be tested everywhere.</remarks>
internal abstract unsafe class KernelSet
{
    private static readonly Dictionary<string, KernelSet> All = new()
    {
        ["128 bits"] = new KernelSet<Lanes128>(),
        ["256 bits"] = new KernelSet<Lanes256>(),
        ["512 bits"] = new KernelSet<Lanes512>(),
        ["few registers"] = new KernelSet<OtherMachine<FewRegisters>>(),
        ["many registers"] = new KernelSet<OtherMachine<ManyRegisters>>(),
    };

    public static TheoryData<string> Names => [.. All.Keys];

    public static IEnumerable<KernelSet> Sets => All.Values;

    public static KernelSet Of(string name) => All[name];

    public abstract int Lanes { get; }

    /// <summary>Makes something that is compiled for this kind of register.</summary>
    public abstract T Create<T>(ILanesFactory<T> factory);

    public abstract void Linear(Linear layer, float* x, int xStride, float* y, int yStride, int columns, bool add);

    public abstract void LinearBackward(Linear layer, float* yGradient, int yStride, float* xGradient, int xStride, int columns, bool add);

    public abstract void UniformMatMul(Linear layer, float* x, float* y, bool add);

    public abstract void WeightGradient(Linear layer, float* x, int xStride, float* yGradient, int yStride, int columns, float* transposed, float* gradients);

    public abstract void LayerNorm(float* x, float* normed, float* inverse, int features, int stride, int columns);

    public abstract void LayerNormBackward(float* normed, float* inverse, float* gradient, float* target, int features, int stride, int columns);

    public abstract void Gelu(float* x, float* result, int count);

    public abstract void GeluBackward(float* x, float* gradient, int count);

    public abstract void Attention(
        in AttentionShape shape, float* probes, float* keys, float* values, float* probabilities, float* read, in DropoutMask mask, float* kept);

    public abstract void AttentionToTokens(in AttentionShape shape, float* probes, float* keys, float* values, float* probabilities, float* read);

    public abstract void AttentionBackward(
        in AttentionShape shape, float* probes, float* keys, float* values, float* probabilities, float* readGradient, in DropoutMask mask, float* scores,
        float* probeGradient, float* keyGradient, float* valueGradient);

    public abstract void FeedForward(FoldedFeedForward layer, float* normed, int stride, float* wide, int wideStride, float* x, int columns);

    public abstract void AddMasked(float* source, float* target, int features, in DropoutMask mask, int element);

    public abstract void CopyMasked(float* source, float* target, int features, in DropoutMask mask, int element);

    public abstract void AddSums(float* source, float* scale, float* target, int features);

    /// <summary>The numbers of a mask, [elements][lanes].</summary>
    public abstract float[] Mask(in DropoutMask mask, int elements);

    /// <summary>What an array of lane images holds after each of several batches, [S, S, 3][lanes] each.</summary>
    public abstract IReadOnlyList<float[]> Images(int size, params IReadOnlyList<(ImageBatch Batch, int First, int Count)> fills);

    public abstract IScoringPass ImagesInLanes(FoldedNetwork network);

    public abstract IScoringPass TokensInLanes(FoldedNetwork network);

    public abstract ITileTrainer TileTrainer(FoldedNetwork network);
}

internal sealed unsafe class KernelSet<L> : KernelSet where L : unmanaged, ILanes<L>
{
    public override int Lanes => L.Count;

    public override T Create<T>(ILanesFactory<T> factory) => factory.Create<L>();

    public override void Linear(Linear layer, float* x, int xStride, float* y, int yStride, int columns, bool add) =>
        layer.Forward<L>(x, xStride, y, yStride, columns, add);

    public override void LinearBackward(Linear layer, float* yGradient, int yStride, float* xGradient, int xStride, int columns, bool add) =>
        layer.Backward<L>(yGradient, yStride, xGradient, xStride, columns, add);

    public override void UniformMatMul(Linear layer, float* x, float* y, bool add) => Cpu.UniformMatMul.Forward<L>(layer, x, y, add);

    public override void WeightGradient(Linear layer, float* x, int xStride, float* yGradient, int yStride, int columns, float* transposed, float* gradients) =>
        Cpu.WeightGradient.Add<L>(layer, x, xStride, yGradient, yStride, columns, transposed, gradients);

    public override void LayerNorm(float* x, float* normed, float* inverse, int features, int stride, int columns) =>
        Cpu.LayerNorm.Forward<L>(x, normed, inverse, features, stride, columns);

    public override void LayerNormBackward(float* normed, float* inverse, float* gradient, float* target, int features, int stride, int columns) =>
        Cpu.LayerNorm.Backward<L>(normed, inverse, gradient, target, features, stride, columns);

    public override void Gelu(float* x, float* result, int count) => Cpu.Gelu.Forward<L>(x, result, count);

    public override void GeluBackward(float* x, float* gradient, int count) => Cpu.Gelu.Backward<L>(x, gradient, count);

    public override void Attention(
        in AttentionShape shape, float* probes, float* keys, float* values, float* probabilities, float* read, in DropoutMask mask, float* kept) =>
        AttentionKernel.Forward<L, ImagesInLanes<L>>(shape, probes, keys, values, probabilities, read, mask, kept);

    public override void AttentionToTokens(in AttentionShape shape, float* probes, float* keys, float* values, float* probabilities, float* read) =>
        AttentionKernel.Forward<L, TokensInLanes<L>>(shape, probes, keys, values, probabilities, read, default, null);

    public override void AttentionBackward(
        in AttentionShape shape, float* probes, float* keys, float* values, float* probabilities, float* readGradient, in DropoutMask mask, float* scores,
        float* probeGradient, float* keyGradient, float* valueGradient) =>
        AttentionKernel.Backward<L>(shape, probes, keys, values, probabilities, readGradient, mask, scores, probeGradient, keyGradient, valueGradient);

    public override void FeedForward(FoldedFeedForward layer, float* normed, int stride, float* wide, int wideStride, float* x, int columns) =>
        ImagesInLanes<L>.FeedForward(layer, normed, stride, wide, wideStride, x, columns);

    public override void AddMasked(float* source, float* target, int features, in DropoutMask mask, int element) =>
        Vectors.AddMasked<L>(source, target, features, mask, element);

    public override void CopyMasked(float* source, float* target, int features, in DropoutMask mask, int element) =>
        Vectors.CopyMasked<L>(source, target, features, mask, element);

    public override void AddSums(float* source, float* scale, float* target, int features) => Vectors.AddSums<L>(source, scale, target, features);

    public override float[] Mask(in DropoutMask mask, int elements)
    {
        var values = new float[elements * L.Count];
        fixed (float* target = values)
            for (var element = 0; element < elements; element++)
                L.Store(mask.At<L>(element), target + element * L.Count);
        return values;
    }

    public override IReadOnlyList<float[]> Images(int size, params IReadOnlyList<(ImageBatch Batch, int First, int Count)> fills)
    {
        using var images = new LaneImages<L>(size);
        var results = new List<float[]>();
        foreach (var (batch, first, count) in fills)
        {
            images.Fill(batch, first, count);
            results.Add(new ReadOnlySpan<float>(images.Pixels, size * size * TlbConfig.Channels * L.Count).ToArray());
        }
        return results;
    }

    public override IScoringPass ImagesInLanes(FoldedNetwork network) => new ScoringPass<L, ImagesInLanes<L>>(network);

    public override IScoringPass TokensInLanes(FoldedNetwork network) => new ScoringPass<L, TokensInLanes<L>>(network);

    public override ITileTrainer TileTrainer(FoldedNetwork network) => new TileTrainer<L>(network, labelSmoothing: 0);
}
