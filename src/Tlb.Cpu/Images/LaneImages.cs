using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tlb.Cpu;

/// <summary>Images of a tile side by side, scaled and resized for the network: [S, S, 3][lanes].</summary>
internal sealed unsafe class LaneImages<L> : IDisposable where L : unmanaged, ILanes<L>
{
    private readonly int _size;
    private readonly AlignedFloats _resized;
    private AlignedFloats? _source;
    private (int Height, int Width) _sourceSize;
    private BilinearTap[] _rows = [];
    private BilinearTap[] _columns = [];

    /// <summary>Allocates room for the images.</summary>
    /// <param name="size">S, the height and width of the network's input.</param>
    public LaneImages(int size)
    {
        _size = size;
        _resized = new((long)size * size * TlbConfig.Channels * L.Count);
    }

    /// <summary>The images, [S, S, 3][lanes].</summary>
    public float* Pixels => _resized.Pointer;

    /// <summary>Fills the lanes with images of a batch; lanes beyond them become black.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="first">The place in it of the image for lane 0.</param>
    /// <param name="count">The images to take, at most as many as there are lanes.</param>
    public void Fill(ImageBatch batch, int first, int count)
    {
        var layout = batch.Layout;
        if (layout.Height == _size && layout.Width == _size)
        {
            Spread(batch, first, count, _resized);
            return;
        }
        if (_sourceSize != (layout.Height, layout.Width))
        {
            _source?.Dispose();
            _source = new((long)layout.ValueCount * L.Count);
            _sourceSize = (layout.Height, layout.Width);
            (_rows, _columns) = (BilinearTap.Resize(layout.Height, _size), BilinearTap.Resize(layout.Width, _size));
        }
        Spread(batch, first, count, _source!);
        Resize(_source!.Pointer, layout.Width, _resized.Pointer);
    }

    public void Dispose()
    {
        _resized.Dispose();
        _source?.Dispose();
    }

    /// <summary>Scales values and lays images side by side: [H, W, 3] each to [H, W, 3][lanes].</summary>
    private static void Spread(ImageBatch batch, int first, int count, AlignedFloats target)
    {
        var layout = batch.Layout;
        if (count < L.Count)
            target.Span.Clear();
        for (var lane = 0; lane < count; lane++)
        {
            var image = batch.Pixels.Slice((first + lane) * layout.ByteCount, layout.ByteCount);
            var lanes = target.Pointer + lane;
            if (layout.PixelType == PixelType.Byte)
                for (var i = 0; i < image.Length; i++, lanes += L.Count)
                    *lanes = (image[i] - layout.Offset) * layout.Scale;
            else
                foreach (var value in MemoryMarshal.Cast<byte, float>(image))
                {
                    *lanes = (value - layout.Offset) * layout.Scale;
                    lanes += L.Count;
                }
        }
    }

    /// <summary>Bilinear, half-pixel centres, edges repeated.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Resize(float* source, int width, float* target)
    {
        var rowStride = width * TlbConfig.Channels * L.Count;
        foreach (var row in _rows)
        {
            float* upper = source + row.First * rowStride, lower = source + row.Second * rowStride;
            var down = L.All(row.Share);
            foreach (var column in _columns)
            {
                var right = L.All(column.Share);
                int a = column.First * TlbConfig.Channels * L.Count, b = column.Second * TlbConfig.Channels * L.Count;
                for (var c = 0; c < TlbConfig.Channels; c++, a += L.Count, b += L.Count, target += L.Count)
                {
                    var top = L.MultiplyAdd(L.Load(upper + b) - L.Load(upper + a), right, L.Load(upper + a));
                    var bottom = L.MultiplyAdd(L.Load(lower + b) - L.Load(lower + a), right, L.Load(lower + a));
                    L.Store(L.MultiplyAdd(bottom - top, down, top), target);
                }
            }
        }
    }
}
