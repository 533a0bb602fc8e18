using System.Runtime.CompilerServices;

namespace Tlb.Cpu;

/// <summary>Augments images on their way into a tile: [S, S, 3][lanes], each lane by its own augmentation.</summary>
/// <remarks>A row of all images after the other, so that what is written lane by lane stays close to the core.</remarks>
internal sealed unsafe class AugmentedLanes<L> : IDisposable where L : unmanaged, ILanes<L>
{
    private const int None = -1;

    private readonly int _size;
    private readonly LaneColors<L> _colors = new();
    private readonly LanePixels _pixels;
    private readonly int[] _images = new int[L.Count];                       // the place in the batch of each lane's image
    private readonly int[] _partners = new int[L.Count];
    private readonly AlignedFloats _shares = new(L.Count);                   // of the partner in mixup
    private AlignedFloats? _mixedIn;

    /// <summary>Prepares for a size.</summary>
    /// <param name="size">S, the height and width of the network's input.</param>
    public AugmentedLanes(int size) => (_size, _pixels) = (size, new(size));

    /// <summary>The floats of a row of all images.</summary>
    private int RowFloats => _size * TlbConfig.Channels * L.Count;

    /// <summary>Fills the lanes with images of a batch; lanes beyond them become black.</summary>
    /// <param name="batch">The batch, augmented.</param>
    /// <param name="first">The place in it of the image for lane 0.</param>
    /// <param name="count">The images to take, at most as many as there are lanes.</param>
    /// <param name="target">Receives the images, [S, S, 3][lanes].</param>
    public void Fill(ImageBatch batch, int first, int count, float* target)
    {
        var mixes = false;
        for (var lane = 0; lane < L.Count; lane++)
        {
            _images[lane] = lane < count ? first + lane : None;
            _partners[lane] = None;
            _shares.Pointer[lane] = 0;
            if (lane >= count || batch.Augmentations[first + lane] is var augmentation && augmentation.Partner == first + lane)
                continue;
            (_partners[lane], mixes) = (augmentation.Partner, true);
            _shares.Pointer[lane] = augmentation.FromPartner.IsEmpty ? 1 - augmentation.Share : 0;
        }
        Render(batch, _images, target);
        if (!mixes)
            return;
        _mixedIn ??= new((long)_size * RowFloats);
        Render(batch, _partners, _mixedIn.Pointer);
        Mix(batch, _mixedIn.Pointer, target);
    }

    public void Dispose()
    {
        _colors.Dispose();
        _pixels.Dispose();
        _shares.Dispose();
        _mixedIn?.Dispose();
    }

    /// <summary>Sampling, colours, erasing.</summary>
    private void Render(ImageBatch batch, int[] images, float* target)
    {
        var augmentations = batch.Augmentations;
        _colors.Clear();
        for (var lane = 0; lane < L.Count; lane++)
            if (images[lane] != None && augmentations[images[lane]].Color is var color && color != ColorChange.None)
                _colors.Set(lane, color);
        for (var y = 0; y < _size; y++, target += RowFloats)
        {
            for (var lane = 0; lane < L.Count; lane++)
                if (images[lane] == None)
                    Paint(target + lane, 0, _size, 0);
                else
                    _pixels.SampleRow(batch, images[lane], y, target + lane, L.Count);
            _colors.Apply(target, _size);
            for (var lane = 0; lane < L.Count; lane++)
                if (images[lane] != None && augmentations[images[lane]] is { Erased.IsEmpty: false } augmentation && IsIn(augmentation.Erased, y))
                    Paint(target + lane, augmentation.Erased.Left, augmentation.Erased.Right, augmentation.EraseColor);
        }
    }

    private void Mix(ImageBatch batch, float* from, float* target)
    {
        Blend(from, target);
        for (var lane = 0; lane < L.Count; lane++)
        {
            if (_partners[lane] == None || batch.Augmentations[_images[lane]].FromPartner is not { IsEmpty: false } box)
                continue;
            var (left, right) = (Math.Clamp(box.Left, 0, _size), Math.Clamp(box.Right, 0, _size));
            for (var y = Math.Max(0, box.Top); y < Math.Min(_size, box.Bottom); y++)
                for (var i = left * TlbConfig.Channels; i < right * TlbConfig.Channels; i++)
                    target[y * RowFloats + i * L.Count + lane] = from[y * RowFloats + i * L.Count + lane];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Blend(float* from, float* target)
    {
        var shares = L.Load(_shares.Pointer);
        for (var i = 0; i < _size * RowFloats; i += L.Count)
        {
            var own = L.Load(target + i);
            L.Store(L.MultiplyAdd(L.Load(from + i) - own, shares, own), target + i);
        }
    }

    /// <summary>Gives pixels of a lane's row a grey.</summary>
    private void Paint(float* row, int left, int right, float grey)
    {
        for (var i = Math.Clamp(left, 0, _size) * TlbConfig.Channels; i < Math.Clamp(right, 0, _size) * TlbConfig.Channels; i++)
            row[i * L.Count] = grey;
    }

    private static bool IsIn(PixelBox box, int y) => y >= box.Top && y < box.Bottom;
}
