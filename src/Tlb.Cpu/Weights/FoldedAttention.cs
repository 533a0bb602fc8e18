namespace Tlb.Cpu;

/// <summary>An attention's weights as the kernels use them: what makes probes of queries, and the change of a token of what was read.</summary>
internal abstract unsafe class FoldedAttention : IFoldedLayer
{
    /// <summary>Sets the matrices.</summary>
    /// <param name="probe">From a normalised query token to its probes.</param>
    /// <param name="read">From what was read to the token's change.</param>
    /// <param name="key">From a normalised token of the context to its keys; null where it is its own key and value.</param>
    /// <param name="value">And to its values.</param>
    protected FoldedAttention(Linear probe, Linear read, Linear? key = null, Linear? value = null) => (Probe, Read, Key, Value) = (probe, read, key, value);

    /// <summary>From a normalised query token to its probes, [D] to [heads x width].</summary>
    public Linear Probe { get; }

    /// <summary>From what was read to the token's change, [heads x width, then heads if they share keys] to [D].</summary>
    public Linear Read { get; }

    /// <summary>From a normalised token of the context to its keys, [D] to [heads x width]; null where heads share keys: then it is its own key.</summary>
    public Linear? Key { get; }

    /// <summary>From a normalised token of the context to its values, likewise.</summary>
    public Linear? Value { get; }

    /// <summary>Allocates the weights of an attention.</summary>
    public static FoldedAttention Create(TlbConfig config, NetworkPlan plan, AttentionPlan attention, GradientLayout? gradients) =>
        plan.HasWideHeads ? new WideHeadsAttention(config, attention, gradients) : new SplitHeadsAttention(config, attention, gradients);

    public abstract void Fold(NetworkWeights weights);

    public abstract void Unfold(NetworkWeights weights, ReadOnlySpan<float> gradients, NetworkWeights target);

    /// <summary>Makes keys and values of a context.</summary>
    /// <param name="context">The tokens, normalised, [columns][D][lanes].</param>
    /// <param name="stride">The floats from one column to the next, of keys and values too.</param>
    /// <param name="columns">The columns.</param>
    /// <param name="keys">Where they may be put, [columns][heads x width][lanes]; receives where they are.</param>
    /// <param name="values">Likewise.</param>
    public void Project<L>(float* context, int stride, int columns, ref float* keys, ref float* values) where L : unmanaged, ILanes<L>
    {
        if (Key is null)
        {
            keys = values = context;
            return;
        }
        Key.Forward<L>(context, stride, keys, stride, columns);              // [columns][heads x width]
        Value!.Forward<L>(context, stride, values, stride, columns);         // [columns][heads x width]
    }

    /// <summary>What attention to the one state vector changes in every column, whatever the column; where heads share keys.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="state">The state vector, normalised, [D][lanes].</param>
    /// <param name="read">Receives what was read, [heads x D, then heads][lanes].</param>
    /// <param name="change">Receives the change, [D][lanes].</param>
    public void ReadState<L, TUse>(in AttentionShape shape, float* state, float* read, float* change)
        where L : unmanaged, ILanes<L>
        where TUse : struct, ILaneUse<L>
    {
        AttentionKernel.ReadSingle<L>(shape, state, read);                   // [heads x D + heads]
        TUse.StateLinear(Read, read, change);                                // [D]
    }

    public void Dispose()
    {
        Probe.Dispose();
        Read.Dispose();
        Key?.Dispose();
        Value?.Dispose();
    }
}
