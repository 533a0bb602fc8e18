using System.Collections;
using Microsoft.ML.Internal.Utilities;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>
/// A dense or sparse vector whose arrays are used again for the next row. Values that a sparse vector leaves out
/// are the default of <typeparamref name="T"/>.
/// </summary>
public readonly struct VBuffer<T> : IEnumerable
{
    public readonly int Length;

    // Both may be longer than what they hold.
    private readonly T[] _values;
    private readonly int[] _indices;
    private readonly int _count;

    /// <summary>A dense vector that takes over the arrays.</summary>
    public VBuffer(int length, T[] values, int[] indices = null)
    {
        Contracts.CheckParam(length >= 0, nameof(length));
        Contracts.CheckParam(Utils.Size(values) >= length, nameof(values));
        Length = length;
        _count = length;
        _values = values;
        _indices = indices;
    }

    /// <summary>A vector with <paramref name="count"/> explicit values, which takes over the arrays.</summary>
    public VBuffer(int length, int count, T[] values, int[] indices)
    {
        Contracts.CheckParam(length >= 0, nameof(length));
        Contracts.CheckParam(0 <= count && count <= length, nameof(count));
        Contracts.CheckParam(Utils.Size(values) >= count, nameof(values));
        Contracts.CheckParam(count == length || Utils.Size(indices) >= count, nameof(indices));
        Length = length;
        _count = count;
        _values = values;
        _indices = indices;
    }

    public bool IsDense => _count == Length;

    public static void Copy(T[] source, int sourceIndex, ref VBuffer<T> destination, int length)
    {
        Contracts.CheckParam(0 <= length && length <= Utils.Size(source), nameof(length));
        Contracts.CheckParam(0 <= sourceIndex && sourceIndex <= Utils.Size(source) - length, nameof(sourceIndex));
        var editor = VBufferEditor.Create(ref destination, length);
        source.AsSpan(sourceIndex, length).CopyTo(editor.Values);
        destination = editor.Commit();
    }

    public ReadOnlySpan<T> GetValues() => _values.AsSpan(0, _count);

    /// <summary>The places of the explicit values, ascending; empty for a dense vector.</summary>
    public ReadOnlySpan<int> GetIndices() => IsDense ? default : _indices.AsSpan(0, _count);

    public void CopyToDense(ref VBuffer<T> destination)
    {
        var editor = VBufferEditor.Create(ref destination, Length);
        CopyTo(editor.Values);
        destination = editor.Commit();
    }

    public void CopyTo(ref VBuffer<T> destination)
    {
        var editor = VBufferEditor.Create(ref destination, Length, _count);
        GetValues().CopyTo(editor.Values);
        GetIndices().CopyTo(editor.Indices);
        destination = editor.Commit();
    }

    public void CopyTo(ref VBuffer<T> destination, int sourceIndex, int length)
    {
        Contracts.CheckParam(0 <= sourceIndex && sourceIndex <= Length, nameof(sourceIndex));
        Contracts.CheckParam(0 <= length && sourceIndex <= Length - length, nameof(length));
        if (IsDense)
        {
            Copy(_values, sourceIndex, ref destination, length);
            return;
        }
        var first = Utils.FindIndexSorted(GetIndices(), sourceIndex);
        var count = Utils.FindIndexSorted(GetIndices(), sourceIndex + length) - first;
        var editor = VBufferEditor.Create(ref destination, length, count);
        _values.AsSpan(first, count).CopyTo(editor.Values);
        for (var i = 0; i < editor.Indices.Length; i++)
            editor.Indices[i] = _indices[first + i] - sourceIndex;
        destination = editor.Commit();
    }

    public void CopyTo(Span<T> destination) => CopyTo(destination, 0);

    public void CopyTo(Span<T> destination, int destinationIndex, T defaultValue = default)
    {
        Contracts.CheckParam(0 <= destinationIndex && destinationIndex <= destination.Length - Length,
            nameof(destination), "Not large enough to hold these values.");
        var target = destination.Slice(destinationIndex, Length);
        if (IsDense)
        {
            GetValues().CopyTo(target);
            return;
        }
        // Without any explicit value the packages clear, whatever the default value asked for.
        target.Fill(_count == 0 ? default : defaultValue);
        for (var i = 0; i < _count; i++)
            target[_indices[i]] = _values[i];
    }

    /// <summary>The explicit values with their places, or all of them.</summary>
    public IEnumerable<KeyValuePair<int, T>> Items(bool all = false) => IsDense || !all ? ExplicitItems() : AllItems();

    public IEnumerable<T> DenseValues() => AllItems().Select(i => i.Value);

    public void GetItemOrDefault(int index, ref T destination) => destination = GetItemOrDefault(index);

    public T GetItemOrDefault(int index)
    {
        Contracts.CheckParam(0 <= index && index < Length, nameof(index));
        if (IsDense)
            return _values[index];
        var at = Utils.FindIndexSorted(GetIndices(), index);
        return at < _count && _indices[at] == index ? _values[at] : default;
    }

    public override string ToString() =>
        IsDense ? $"Dense vector of size {Length}" : $"Sparse vector of size {Length}, {_count} explicit values";

    // The array itself, as in the packages: beyond the explicit values it holds leftovers.
    public IEnumerator GetEnumerator() => _values.GetEnumerator();

    internal VBufferEditor<T> GetEditor() => GetEditor(Length, _count);

    internal VBufferEditor<T> GetEditor(int newLogicalLength, int? valuesCount, int? maxValuesCapacity = null,
        bool keepOldOnResize = false, bool requireIndicesOnDense = false)
    {
        Contracts.CheckParam(newLogicalLength >= 0, nameof(newLogicalLength), "Must be non-negative.");
        Contracts.CheckParam(valuesCount is null or >= 0, nameof(valuesCount), "If specified, must be non-negative.");
        Contracts.CheckParam(valuesCount is null || valuesCount <= newLogicalLength, nameof(valuesCount),
            "If specified, must be no greater than " + nameof(newLogicalLength));
        var count = valuesCount ?? newLogicalLength;
        var capacity = maxValuesCapacity ?? Array.MaxLength;
        var values = _values;
        Utils.EnsureSize(ref values, count, capacity, keepOldOnResize, out var newValues);
        var indices = _indices;
        var newIndices = false;
        if (count < newLogicalLength || requireIndicesOnDense)
            Utils.EnsureSize(ref indices, count, capacity, keepOldOnResize, out newIndices);
        return new VBufferEditor<T>(newLogicalLength, count, values, indices, requireIndicesOnDense, newValues, newIndices);
    }

    private IEnumerable<KeyValuePair<int, T>> ExplicitItems()
    {
        for (var i = 0; i < _count; i++)
            yield return new(IsDense ? i : _indices[i], _values[i]);
    }

    private IEnumerable<KeyValuePair<int, T>> AllItems()
    {
        var next = 0;
        foreach (var item in ExplicitItems())
        {
            for (; next < item.Key; next++)
                yield return new(next, default);
            yield return item;
            next = item.Key + 1;
        }
        for (; next < Length; next++)
            yield return new(next, default);
    }
}
