namespace Tlb.Core;

/// <summary>What the form makes of the options: all that is computed otherwise, beside <see cref="NetworkPlan"/>'s blocks; which options go together is in <see cref="Validate"/>. Engines ask here and there, never for the form.</summary>
public sealed partial record TlbConfig
{
    /// <summary>
    /// The blocks of the perceptual module: one for each layer; in the Keras example's form one more after each layer whose index is a
    /// multiple of <see cref="R"/>.
    /// </summary>
    public int BlockCount => Form == TlbForm.Paper ? NumberOfLayers : NumberOfLayers + (NumberOfLayers + R - 1) / R;

    /// <summary>
    /// Whether block <paramref name="block"/> of the perceptual module attends to the state: in the paper's form instead of to the chunk's
    /// tokens, in the Keras example's after them.
    /// </summary>
    /// <param name="block">The block's place, from 0 to <see cref="BlockCount"/> - 1.</param>
    public bool ReadsState(int block) => Form == TlbForm.Paper ? block % (R + 1) == R : block % R == 0;

    /// <summary>Whether the state that an image begins with is learned; else it is zero.</summary>
    internal bool LearnsStartState => Form == TlbForm.Paper && StateKind == StateKind.Learned;

    /// <summary>Whether sines and cosines of their places are added to the state vectors before each chunk.</summary>
    internal bool AddsStatePlaces => Form == TlbForm.Paper && StateKind == StateKind.Sinusoidal;

    /// <summary>The state vectors that differ when images are scored: those of the Keras example's form are all equal, and one stands for all.</summary>
    internal int DistinctStates => Form == TlbForm.Paper ? NumberOfStates : 1;

    /// <summary>Whether the classes are read from what the fast stream made of the last chunk alone.</summary>
    internal bool ReadsLastChunk => Form == TlbForm.KerasExample;

    /// <summary>Whether the classes are read from what the fast stream made of all chunks.</summary>
    internal bool ReadsTokens => Form == TlbForm.Paper && ReadOut is ReadOutKind.Tokens or ReadOutKind.Both;

    /// <summary>Whether the classes are read from the state after the last chunk.</summary>
    internal bool ReadsFinalState => Form == TlbForm.Paper && ReadOut is ReadOutKind.State or ReadOutKind.Both;

    /// <summary>The features that the classes are read from.</summary>
    internal int ReadOutWidth => ReadsTokens && ReadsFinalState ? 2 * EmbeddingDimension : EmbeddingDimension;
}
