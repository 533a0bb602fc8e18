using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data.IO;

/// <summary>Values that stand in the file as they stand in memory, little-endian.</summary>
internal sealed class FixedSizeCodec<T>(DataViewType type) : ValueCodec<T>(typeof(T).Name, type)
    where T : unmanaged
{
    public override void WriteBlock(BinaryWriter writer, List<T> values) =>
        writer.Write(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(values)));

    public override T[] ReadBlock(BinaryReader reader, int items)
    {
        var stream = reader.BaseStream;
        Contracts.CheckDecode(items <= (stream.Length - stream.Position) / Unsafe.SizeOf<T>());
        var values = new T[items];
        stream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }
}

/// <summary>Eight values to a byte, the first in the lowest bit.</summary>
internal sealed class BooleanCodec() : ValueCodec<bool>(nameof(Boolean), BooleanDataViewType.Instance)
{
    public override void WriteBlock(BinaryWriter writer, List<bool> values)
    {
        foreach (var eight in values.Chunk(8))
            writer.Write((byte)eight.Select((value, bit) => value ? 1 << bit : 0).Sum());
    }

    public override bool[] ReadBlock(BinaryReader reader, int items)
    {
        var bytes = new byte[(items + 7) / 8];
        reader.BaseStream.ReadExactly(bytes);
        return [.. Enumerable.Range(0, items).Select(i => (bytes[i / 8] >> i % 8 & 1) != 0)];
    }
}

/// <summary>The number of texts, the end of each in characters, and all of them as one UTF-8 string.</summary>
internal sealed class TextCodec() : ValueCodec<ReadOnlyMemory<char>>("TextSpan", TextDataViewType.Instance)
{
    public override void WriteBlock(BinaryWriter writer, List<ReadOnlyMemory<char>> values)
    {
        writer.Write(values.Count);
        var end = 0;
        foreach (var value in values)
            writer.Write(end += value.Length);
        writer.Write(string.Concat(values));
    }

    public override ReadOnlyMemory<char>[] ReadBlock(BinaryReader reader, int items)
    {
        Contracts.CheckDecode(reader.ReadInt32() == items);
        var ends = new int[items];
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(ends.AsSpan()));
        var text = reader.ReadString();
        var values = new ReadOnlyMemory<char>[items];
        var start = 0;
        for (var i = 0; i < items; i++)
        {
            Contracts.CheckDecode(start <= ends[i] && ends[i] <= text.Length);
            values[i] = text.AsMemory(start..ends[i]);
            start = ends[i];
        }
        Contracts.CheckDecode(start == text.Length);
        return values;
    }
}

/// <summary>Ticks.</summary>
internal sealed class DateTimeCodec() : ValueCodec<DateTime>(nameof(DateTime), DateTimeDataViewType.Instance)
{
    public override void WriteBlock(BinaryWriter writer, List<DateTime> values)
    {
        foreach (var value in values)
            writer.Write(value.Ticks);
    }

    public override DateTime[] ReadBlock(BinaryReader reader, int items)
    {
        var values = new DateTime[items];
        foreach (ref var value in values.AsSpan())
            value = new DateTime(reader.ReadInt64());
        return values;
    }
}

/// <summary>The offsets in minutes, then the ticks of the local times.</summary>
internal sealed class DateTimeOffsetCodec() : ValueCodec<DateTimeOffset>(nameof(DateTimeOffset), DateTimeOffsetDataViewType.Instance)
{
    public override void WriteBlock(BinaryWriter writer, List<DateTimeOffset> values)
    {
        foreach (var value in values)
            writer.Write((short)value.Offset.TotalMinutes);
        foreach (var value in values)
            writer.Write(value.DateTime.Ticks);
    }

    public override DateTimeOffset[] ReadBlock(BinaryReader reader, int items)
    {
        var offsets = new TimeSpan[items];
        foreach (ref var offset in offsets.AsSpan())
            offset = TimeSpan.FromMinutes(reader.ReadInt16());
        return [.. offsets.Select(offset => new DateTimeOffset(new DateTime(reader.ReadInt64()), offset))];
    }
}
