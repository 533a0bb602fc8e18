using System.Runtime.InteropServices;
using Microsoft.ML.Internal.Utilities;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

internal partial struct ModelHeader
{
    /// <summary>Leaves room for the header; the model is to be written next.</summary>
    public static void BeginWrite(BinaryWriter writer, out long fpMin, out ModelHeader header)
    {
        Contracts.CheckValue(writer, nameof(writer));
        fpMin = writer.BaseStream.Position;
        header = new ModelHeader
        {
            Signature = SignatureValue,
            VerWritten = CurrentVersion,
            VerReadable = CurrentVersion,
            FpModel = Size,
        };
        writer.Write(new byte[Size]);
    }

    /// <summary>Writes all that comes after the model, and the header.</summary>
    public static void EndWrite(BinaryWriter writer, long fpMin, ref ModelHeader header, NormStr.Pool pool = null,
        string loaderAssemblyName = null)
    {
        Contracts.CheckValue(writer, nameof(writer));
        var stream = writer.BaseStream;
        header.CbModel = stream.Position - fpMin - header.FpModel;
        Contracts.Check(header.CbModel >= 0);

        if (pool is { Count: > 0 })
        {
            header.FpStringTable = stream.Position - fpMin;
            header.CbStringTable = pool.Count * sizeof(long);
            header.FpStringChars = header.FpStringTable + header.CbStringTable;
            foreach (var item in pool)
                writer.Write(header.CbStringChars += item.Value.Length * sizeof(char));
            foreach (var item in pool)
                writer.Write(MemoryMarshal.AsBytes(item.Value.Span));
        }
        if (!string.IsNullOrEmpty(loaderAssemblyName))
        {
            header.FpAssemblyName = stream.Position - fpMin;
            header.CbAssemblyName = (uint)loaderAssemblyName.Length * sizeof(char);
            writer.Write(MemoryMarshal.AsBytes(loaderAssemblyName.AsSpan()));
        }
        header.FpTail = stream.Position - fpMin;
        writer.Write(TailSignatureValue);
        header.FpLim = stream.Position - fpMin;

        stream.Position = fpMin;
        writer.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<ModelHeader>(ref header)));
        stream.Position = fpMin + header.FpLim;
    }

    /// <summary>Reads the header and what comes after the model, checks all of it, and stays at the model.</summary>
    public static void BeginRead(out long fpMin, out ModelHeader header, out string[] strings, out string loaderAssemblyName,
        BinaryReader reader)
    {
        var stream = reader.BaseStream;
        fpMin = stream.Position;
        var bytes = reader.ReadBytes(Size);
        Contracts.CheckDecode(bytes.Length == Size);
        header = MemoryMarshal.Read<ModelHeader>(bytes);
        header.Validate(stream.Length - fpMin);

        stream.Position = fpMin + header.FpModel + header.CbModel;
        strings = header.FpStringTable == 0 ? null : header.ReadStrings(reader);
        loaderAssemblyName = header.HasAssemblyName ? ReadText(reader, header.CbAssemblyName) : null;
        Contracts.CheckDecode(reader.ReadUInt64() == TailSignatureValue, "Corrupt model file tail");
        stream.Position = fpMin + header.FpModel;
    }

    /// <summary>Checks that the model has been read to its end, and goes to the end of the stream's part.</summary>
    public static void EndRead(long fpMin, ref ModelHeader header, BinaryReader reader)
    {
        Contracts.CheckDecode(reader.BaseStream.Position == fpMin + header.FpModel + header.CbModel);
        reader.BaseStream.Position = fpMin + header.FpLim;
    }

    private readonly bool HasAssemblyName => VerWritten > FirstVersion && FpAssemblyName != 0;

    private readonly void Validate(long size)
    {
        Contracts.CheckDecode(Signature == SignatureValue, "Wrong file type");
        Contracts.CheckDecode(VerReadable <= VerWritten, "Corrupt file header");
        Contracts.CheckDecode(VerReadable <= CurrentVersion, "File is too new");
        Contracts.CheckDecode(VerWritten >= FirstVersion, "File is too old");
        Contracts.CheckDecode(FpModel == Size && CbModel >= 0 && CbModel <= size);

        var next = FpModel + CbModel;
        if (FpStringTable == 0)
            Contracts.CheckDecode(CbStringTable == 0 && FpStringChars == 0 && CbStringChars == 0);
        else
        {
            Contracts.CheckDecode(FpStringTable == next);
            Contracts.CheckDecode(0 < CbStringTable && CbStringTable <= size && CbStringTable % sizeof(long) == 0);
            Contracts.CheckDecode(FpStringChars == FpStringTable + CbStringTable);
            Contracts.CheckDecode(0 <= CbStringChars && CbStringChars <= size && CbStringChars % sizeof(char) == 0);
            next = FpStringChars + CbStringChars;
        }
        if (HasAssemblyName)
        {
            Contracts.CheckDecode(FpAssemblyName == next && CbAssemblyName % sizeof(char) == 0);
            next += CbAssemblyName;
        }
        else
            Contracts.CheckDecode(VerWritten == FirstVersion || CbAssemblyName == 0);
        Contracts.CheckDecode(FpTail == next);
        Contracts.CheckDecode(FpLim == FpTail + sizeof(ulong));
        Contracts.CheckDecode(FpLim <= size);
    }

    private readonly string[] ReadStrings(BinaryReader reader)
    {
        var ends = new long[CbStringTable / sizeof(long)];
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(ends.AsSpan()));
        Contracts.CheckDecode(ends[^1] == CbStringChars);
        var strings = new string[ends.Length];
        var start = 0L;
        for (var i = 0; i < ends.Length; i++)
        {
            Contracts.CheckDecode(start <= ends[i] && ends[i] <= CbStringChars && ends[i] % sizeof(char) == 0);
            strings[i] = ReadText(reader, ends[i] - start);
            start = ends[i];
        }
        return strings;
    }

    private static string ReadText(BinaryReader reader, long size)
    {
        var text = new char[size / sizeof(char)];
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(text.AsSpan()));
        return new string(text);
    }
}
