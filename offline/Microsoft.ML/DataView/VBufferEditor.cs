using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>Makes editors over the arrays of a vector.</summary>
public static class VBufferEditor
{
    public static VBufferEditor<T> CreateFromBuffer<T>(scoped ref VBuffer<T> destination) => destination.GetEditor();

    public static VBufferEditor<T> Create<T>(scoped ref VBuffer<T> destination, int newLogicalLength, int? valuesCount = null,
        int? maxValuesCapacity = null, bool keepOldOnResize = false, bool requireIndicesOnDense = false) =>
        destination.GetEditor(newLogicalLength, valuesCount, maxValuesCapacity, keepOldOnResize, requireIndicesOnDense);
}

/// <summary>Writes into the arrays of a vector and makes the new vector of them.</summary>
public readonly ref struct VBufferEditor<T>
{
    public readonly Span<T> Values;

    /// <summary>Empty for a dense vector, unless asked for.</summary>
    public readonly Span<int> Indices;

    private readonly int _length;
    private readonly T[] _values;
    private readonly int[] _indices;

    internal VBufferEditor(int logicalLength, int physicalValuesCount, T[] values, int[] indices,
        bool requireIndicesOnDense, bool createdNewValues, bool createdNewIndices)
    {
        _length = logicalLength;
        _values = values;
        _indices = indices;
        Values = values.AsSpan(0, physicalValuesCount);
        Indices = physicalValuesCount < logicalLength || requireIndicesOnDense ? indices.AsSpan(0, physicalValuesCount) : default;
        CreatedNewValues = createdNewValues;
        CreatedNewIndices = createdNewIndices;
    }

    public bool CreatedNewValues { get; }

    public bool CreatedNewIndices { get; }

    public VBuffer<T> Commit() => new(_length, Values.Length, _values, _indices);

    /// <summary>Keeps only the first explicit values.</summary>
    public VBuffer<T> CommitTruncated(int physicalValuesCount)
    {
        Contracts.CheckParam(physicalValuesCount <= Values.Length, nameof(physicalValuesCount),
            "Updating " + nameof(physicalValuesCount) + " during " + nameof(CommitTruncated) +
            " cannot be greater than the original physicalValuesCount value used in " + nameof(VBufferEditor.Create) + ".");
        return new(_length, physicalValuesCount, _values, _indices);
    }
}
