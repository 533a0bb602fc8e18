using System.Runtime.InteropServices;

namespace Tlb.ML;

/// <summary>Reads a column of float vectors, as ML.NET's <c>ExtractPixels</c> makes them.</summary>
internal sealed class VectorPixelReader : PixelReader
{
    private readonly ValueGetter<VBuffer<float>> _getter;
    private readonly bool _isPlanar;
    private readonly float[] _values;                                        // [H, W, 3]
    private VBuffer<float> _vector;

    public VectorPixelReader(DataViewRow row, DataViewSchema.Column column, VectorDataViewType type)
    {
        _getter = row.GetGetter<VBuffer<float>>(column);
        (Height, Width, _isPlanar) = FeatureColumn.VectorLayout(type)!.Value;
        _values = new float[type.Size];
    }

    public override bool FitsBytes => !_values.AsSpan().ContainsAnyExceptInRange(0, byte.MaxValue) && Array.TrueForAll(_values, float.IsInteger);

    public override float Maximum => _values.Max();

    public override void Read()
    {
        _getter(ref _vector);
        if (_vector.Length != _values.Length)
            throw new InvalidDataException($"the vector has {_vector.Length} values; expected {_values.Length}.");
        Span<float> target = _values;
        if (!_isPlanar)
            _vector.CopyTo(target);
        else
        {
            var plane = Height * Width;
            target.Clear();
            foreach (var (index, value) in _vector.Items(all: false))
                target[index % plane * TlbConfig.Channels + index / plane] = value;
        }
        var bad = Array.FindIndex(_values, value => !float.IsFinite(value));
        if (bad >= 0)
            throw new InvalidDataException($"a pixel value is {_values[bad]}; expected a finite number.");
    }

    public override void CopyTo(Span<byte> destination, PixelType type)
    {
        if (type == PixelType.Single)
            MemoryMarshal.AsBytes(_values.AsSpan()).CopyTo(destination);
        else
            for (var i = 0; i < _values.Length; i++)
                destination[i] = (byte)_values[i];
    }
}
