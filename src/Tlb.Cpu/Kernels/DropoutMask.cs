using System.Runtime.CompilerServices;

namespace Tlb.Cpu;

/// <summary>The random numbers of one dropout of one layer in one step: recomputed wherever they are needed, never stored.</summary>
/// <remarks>A mask depends on the element, the image's place in the batch and the batch's size, not on how images are spread over lanes and threads.</remarks>
internal readonly struct DropoutMask
{
    private readonly uint _key;
    private readonly uint _threshold;
    private readonly float _scale;
    private readonly uint _images;
    private readonly uint _firstImage;

    /// <summary>Makes a mask.</summary>
    /// <param name="rate">The share to drop; 0 for a mask that drops nothing.</param>
    /// <param name="key">What tells this dropout from all others.</param>
    /// <param name="images">The images of the batch, rounded up to whole registers of the widest kind.</param>
    /// <param name="firstImage">The place in the batch of the image in lane 0.</param>
    public DropoutMask(float rate, uint key, uint images, uint firstImage)
    {
        (_key, _images, _firstImage) = (key, images, firstImage);
        _threshold = (uint)(rate * 4294967296.0);
        _scale = 1 / (1 - rate);
    }

    /// <summary>Whether anything is dropped.</summary>
    public bool IsActive => _threshold != 0;

    /// <summary>For each lane, 0 or 1 / (1 - rate).</summary>
    /// <param name="element">The element's place in its layer's output.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public L At<L>(int element) where L : unmanaged, ILanes<L> => L.RandomMask(_key, (uint)element * _images + _firstImage, _threshold, _scale);
}
