namespace Microsoft.ML.Data.IO;

/// <summary>How the values of a column type stand in a file.</summary>
internal interface IValueCodec
{
    /// <summary>The name that files know it by.</summary>
    string LoadName { get; }

    DataViewType Type { get; }

    /// <summary>Writes what distinguishes this codec from others of its name.</summary>
    void WriteParameters(BinaryWriter writer);

    /// <summary>Writes the value of an annotation as a block.</summary>
    void WriteAnnotation(Stream stream, DataViewSchema.Annotations annotations, string kind);

    /// <summary>Reads a block of one value, for an annotation.</summary>
    Delegate ReadAnnotation(Stream stream);

    /// <summary>The codec for vectors of these values.</summary>
    IValueCodec OfVector(VectorDataViewType type);

    /// <summary>The codec for keys that are kept in these values.</summary>
    IValueCodec OfKey(KeyDataViewType type);
}

internal interface IValueCodec<T> : IValueCodec
{
    IValueWriter<T> OpenWriter(Stream stream);

    /// <summary>Reads a block of exactly so many values.</summary>
    IValueReader<T> OpenReader(Stream stream, int items);
}

/// <summary>Writes a block; nothing is promised to be written before the commit.</summary>
internal interface IValueWriter<T> : IDisposable
{
    void Write(in T value);

    void Commit();
}

internal interface IValueReader<T> : IDisposable
{
    void MoveNext();

    void Get(ref T value);
}
