using System.Collections;

namespace TorchSharp.Utils;

#nullable disable

/// <summary>The elements of a CPU tensor in logical order, read and written in place. Keeps the tensor alive.</summary>
public sealed unsafe class TensorAccessor<T> : IDisposable, IEnumerable<T> where T : unmanaged
{
    private readonly long[] _shape;
    private readonly long[] _strides;
    private readonly bool _contiguous;
    private torch.Tensor _tensor;

    internal TensorAccessor(torch.Tensor tensor)
    {
        if (tensor.device_type != DeviceType.CPU)
            throw new InvalidOperationException("Only memory of the CPU can be read: call cpu() first.");
        _shape = tensor.shape;
        _strides = tensor.stride();
        _contiguous = tensor.is_contiguous();
        Count = tensor.numel();
        _tensor = tensor;
    }

    public long Count { get; private set; }

    public bool IsReadOnly => false;

    // Asked for anew at each use: fails, as it must, when the tensor was disposed of in the meantime.
    private T* Data => (T*)(_tensor ?? throw new ObjectDisposedException(nameof(TensorAccessor<T>))).DataPointer;

    public T this[params long[] indices]
    {
        get => At(Offset(indices));
        set
        {
            Data[Offset(indices)] = value;
            GC.KeepAlive(_tensor);
        }
    }

    public static bool operator ==(TensorAccessor<T> left, TensorAccessor<T> right) =>
        left.Count == right.Count && left.SequenceEqual(right);

    public static bool operator !=(TensorAccessor<T> left, TensorAccessor<T> right) => !(left == right);

    public T[] ToArray()
    {
        var result = new T[Count];
        if (Count > 0 || _shape.Length > 1) CopyTo(result);
        return result;
    }

    /// <summary>An array of the tensor's rank; a tensor without dimensions gives an array of one element.</summary>
    public Array ToNDArray()
    {
        var result = Array.CreateInstance(typeof(T), _shape.Length == 0 ? [1L] : _shape);
        if (Count == 0) return result;
        ref var first = ref System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(result);
        fixed (byte* target = &first)
        {
            var position = (T*)target;
            var data = Data;
            foreach (var offset in Offsets(0)) *position++ = data[offset];
        }
        GC.KeepAlive(_tensor);
        return result;
    }

    public void CopyTo(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyTo(array.AsSpan(), arrayIndex, tensorIndex);

    public void CopyTo(Span<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        var target = array[arrayIndex..];
        CheckStart(tensorIndex);
        var data = Data;
        if (_contiguous)
        {
            var length = (int)Math.Min(Count - tensorIndex, target.Length);
            new Span<T>(data + tensorIndex, length).CopyTo(target);
        }
        else
        {
            var position = 0;
            foreach (var offset in Offsets(tensorIndex))
            {
                if (position == target.Length) break;
                target[position++] = data[offset];
            }
        }
        GC.KeepAlive(_tensor);
    }

    public void CopyFrom(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyFrom((ReadOnlySpan<T>)array, arrayIndex, tensorIndex);

    public void CopyFrom(ReadOnlySpan<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        var source = array[arrayIndex..];
        CheckStart(tensorIndex);
        var data = Data;
        if (_contiguous)
        {
            var length = (int)Math.Min(Count - tensorIndex, source.Length);
            source[..length].CopyTo(new Span<T>(data + tensorIndex, length));
        }
        else
        {
            var position = 0;
            foreach (var offset in Offsets(tensorIndex))
            {
                if (position == source.Length) break;
                data[offset] = source[position++];
            }
        }
        GC.KeepAlive(_tensor);
    }

    public IEnumerator<T> GetEnumerator() =>
        Count == 0 ? Enumerable.Empty<T>().GetEnumerator() : Offsets(0).Select(offset => At(offset)).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override bool Equals(object obj) => obj is TensorAccessor<T> other && this == other;

    public override int GetHashCode() => base.GetHashCode();

    public void Dispose()
    {
        _tensor = null;
        Count = 0;
    }

    internal static T ReadItemAt(torch.Tensor tensor, long index)
    {
        tensor.ValidateType(typeof(T));
        return new TensorAccessor<T>(tensor)[index];
    }

    // The pointer alone does not keep the tensor from being finalized.
    private T At(long offset)
    {
        var value = Data[offset];
        GC.KeepAlive(_tensor);
        return value;
    }

    private void CheckStart(long index)
    {
        if (index < 0 || index >= Count) throw new ArgumentOutOfRangeException("startingIndex");
    }

    private long Offset(long[] indices)
    {
        if (indices.Length == 1) return Offset(indices[0]);
        long offset = 0;
        for (var i = _shape.Length - 1; i >= 0; i--)
        {
            if (indices[i] >= _shape[i] || indices[i] < 0) throw new IndexOutOfRangeException($"Index {indices[i]} is outside of dimension {i}, which has {_shape[i]} elements.");
            offset += indices[i] * _strides[i];
        }
        return offset;
    }

    private long Offset(long index)
    {
        if (index >= Count) throw new IndexOutOfRangeException();
        if (index < 0) throw new ArgumentOutOfRangeException(nameof(index), index, $"There are {Count} elements.");
        if (_contiguous) return index;
        long offset = 0;
        for (var i = _shape.Length - 1; i >= 0; i--)
        {
            (index, var position) = Math.DivRem(index, _shape[i]);
            offset += position * _strides[i];
        }
        return offset;
    }

    private IEnumerable<long> Offsets(long start)
    {
        for (var index = start; index < Count; index++) yield return Offset(index);
    }
}
