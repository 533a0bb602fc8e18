namespace Microsoft.ML.Data.IO;

/// <summary>Keys: as the numbers that they are kept in.</summary>
internal sealed class KeyCodec<T>(ValueCodec<T> number, KeyDataViewType type) : ValueCodec<T>("Key2", type)
{
    public override void WriteParameters(BinaryWriter writer)
    {
        CodecFactory.Write(writer, number);
        writer.Write(type.Count);
    }

    public override void WriteBlock(BinaryWriter writer, List<T> values) => number.WriteBlock(writer, values);

    public override T[] ReadBlock(BinaryReader reader, int items) => number.ReadBlock(reader, items);
}
