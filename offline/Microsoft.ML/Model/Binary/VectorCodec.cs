using System.Runtime.InteropServices;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data.IO;

/// <summary>
/// The number of vectors; their common length, or 0 and then the length of each; how many values each has that are
/// stored, -1 for a dense one; the number of indices and the indices; the values as a block of their own codec.
/// </summary>
internal sealed class VectorCodec<T>(ValueCodec<T> item, VectorDataViewType type) : ValueCodec<VBuffer<T>>("VBuffer", type)
{
    private const int Dense = -1;

    public override void WriteParameters(BinaryWriter writer)
    {
        CodecFactory.Write(writer, item);
        writer.Write(type.Dimensions.Length);
        foreach (var dimension in type.Dimensions)
            writer.Write(dimension);
    }

    public override void WriteBlock(BinaryWriter writer, List<VBuffer<T>> values)
    {
        foreach (var value in values)
        {
            if (type.IsKnownSize && value.Length != type.Size)
                throw Contracts.Except("Length mismatch: expected {0} slots but got {1}", type.Size, value.Length);
        }
        writer.Write(values.Count);
        var length = type.IsKnownSize ? type.Size
            : values.Count > 0 && values.TrueForAll(v => v.Length == values[0].Length) ? values[0].Length
            : 0;
        writer.Write(length);
        if (length == 0)
            Write(writer, values.Select(v => v.Length));
        Write(writer, values.Select(v => v.IsDense ? Dense : v.GetValues().Length));
        var indices = values.SelectMany(v => v.GetIndices().ToArray()).ToList();
        writer.Write(indices.Count);
        Write(writer, indices);
        item.WriteBlock(writer, [.. values.SelectMany(v => v.GetValues().ToArray())]);
    }

    public override VBuffer<T>[] ReadBlock(BinaryReader reader, int items)
    {
        Contracts.CheckDecode(reader.ReadInt32() == items);
        var length = reader.ReadInt32();
        Contracts.CheckDecode(type.IsKnownSize ? length == type.Size : length >= 0);
        var lengths = length > 0 ? [.. Enumerable.Repeat(length, items)] : Read(reader, items);
        var counts = Read(reader, items);
        var indices = Read(reader, reader.ReadInt32());

        var total = 0;
        for (var i = 0; i < items; i++)
        {
            Contracts.CheckDecode(lengths[i] >= 0 && (counts[i] == Dense || 0 <= counts[i] && counts[i] < lengths[i]));
            total = checked(total + (counts[i] == Dense ? lengths[i] : counts[i]));
        }
        Contracts.CheckDecode(counts.Where(c => c != Dense).Sum() == indices.Length);
        var stored = item.ReadBlock(reader, total).AsSpan();
        var places = indices.AsSpan();

        var values = new VBuffer<T>[items];
        for (var i = 0; i < items; i++)
        {
            var count = counts[i] == Dense ? lengths[i] : counts[i];
            var sparse = counts[i] == Dense ? null : places[..count].ToArray();
            CheckAscending(sparse, lengths[i]);
            values[i] = new VBuffer<T>(lengths[i], count, stored[..count].ToArray(), sparse);
            stored = stored[count..];
            places = places[(sparse?.Length ?? 0)..];
        }
        return values;
    }

    protected override ValueGetter<VBuffer<T>> GetterOf(VBuffer<T> value) => (ref VBuffer<T> destination) => value.CopyTo(ref destination);

    private static void Write(BinaryWriter writer, IEnumerable<int> numbers)
    {
        foreach (var number in numbers)
            writer.Write(number);
    }

    private static int[] Read(BinaryReader reader, int count)
    {
        var stream = reader.BaseStream;
        Contracts.CheckDecode(0 <= count && count <= (stream.Length - stream.Position) / sizeof(int));
        var numbers = new int[count];
        stream.ReadExactly(MemoryMarshal.AsBytes(numbers.AsSpan()));
        return numbers;
    }

    private static void CheckAscending(int[] places, int length)
    {
        var previous = -1;
        foreach (var place in places ?? [])
        {
            Contracts.CheckDecode(previous < place && place < length);
            previous = place;
        }
    }
}
