using System.Runtime.InteropServices;
using System.Text;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// <summary>
/// The first 256 bytes of a model stream. After them come the model itself, the string table (the end offset of
/// each string, then all characters in UTF-16), the loader's assembly name and the tail, with nothing in between.
/// Offsets count from the start of the header.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = Size)]
internal partial struct ModelHeader
{
    public const int Size = 0x100;

    /// <summary>The bytes "ML", 0, "MODEL".</summary>
    public const ulong SignatureValue = 0x4C45444F4D004C4D;

    /// <summary>The same backwards.</summary>
    public const ulong TailSignatureValue = 0x4D4C004D4F44454C;

    // The assembly name came with this version.
    private const uint CurrentVersion = 0x00010002;
    private const uint FirstVersion = 0x00010001;
    private const int LoaderSignatureSize = 3 * sizeof(ulong);

    [FieldOffset(0x00)] public ulong Signature;
    [FieldOffset(0x08)] public uint VerWritten;
    [FieldOffset(0x0C)] public uint VerReadable;
    [FieldOffset(0x10)] public long FpModel;
    [FieldOffset(0x18)] public long CbModel;
    [FieldOffset(0x20)] public long FpStringTable;
    [FieldOffset(0x28)] public long CbStringTable;
    [FieldOffset(0x30)] public long FpStringChars;
    [FieldOffset(0x38)] public long CbStringChars;
    [FieldOffset(0x40)] public ulong ModelSignature;
    [FieldOffset(0x48)] public uint ModelVerWritten;
    [FieldOffset(0x4C)] public uint ModelVerReadable;
    [FieldOffset(0x50)] public ulong LoaderSignature0;
    [FieldOffset(0x58)] public ulong LoaderSignature1;
    [FieldOffset(0x60)] public ulong LoaderSignature2;
    [FieldOffset(0x68)] public ulong LoaderSignatureAlt0;
    [FieldOffset(0x70)] public ulong LoaderSignatureAlt1;
    [FieldOffset(0x78)] public ulong LoaderSignatureAlt2;
    [FieldOffset(0x80)] public long FpTail;
    [FieldOffset(0x88)] public long FpLim;
    [FieldOffset(0x90)] public long FpAssemblyName;
    [FieldOffset(0x98)] public uint CbAssemblyName;

    public static void SetVersionInfo(ref ModelHeader header, VersionInfo ver)
    {
        header.ModelSignature = ver.ModelSignature;
        header.ModelVerWritten = ver.VerWrittenCur;
        header.ModelVerReadable = ver.VerReadableCur;
        WriteName(MemoryMarshal.CreateSpan(ref header.LoaderSignature0, 3), ver.LoaderSignature);
        WriteName(MemoryMarshal.CreateSpan(ref header.LoaderSignatureAlt0, 3), ver.LoaderSignatureAlt);
    }

    public static void CheckVersionInfo(ref ModelHeader header, VersionInfo ver)
    {
        Contracts.CheckDecode(header.ModelSignature == ver.ModelSignature, "Unknown file type");
        Contracts.CheckDecode(header.ModelVerReadable <= header.ModelVerWritten, "Corrupt file header");
        if (header.ModelVerReadable > ver.VerWrittenCur)
            throw BadVersion("new", "Maximum", ver.VerWrittenCur, header.ModelVerReadable, ver);
        if (header.ModelVerWritten < ver.VerWeCanReadBack)
            throw BadVersion("old", "Minimum", ver.VerWeCanReadBack, header.ModelVerWritten, ver);
    }

    public static string GetLoaderSig(ref ModelHeader header) => ReadName(MemoryMarshal.CreateSpan(ref header.LoaderSignature0, 3));

    public static string GetLoaderSigAlt(ref ModelHeader header) => ReadName(MemoryMarshal.CreateSpan(ref header.LoaderSignatureAlt0, 3));

    private static Exception BadVersion(string which, string bound, uint expected, uint actual, VersionInfo ver) => Contracts.ExceptDecode(
        "Cause: ML.NET {0} cannot read component '{1}' of the model, because the model is too {2}.\n" +
        "Debug details: {3} expected version {4}, got {5}.",
        typeof(VersionInfo).Assembly.GetName().Version, ver.LoaderSignature, which, bound, expected, actual);

    private static void WriteName(Span<ulong> words, string name)
    {
        words.Clear();
        var bytes = MemoryMarshal.AsBytes(words);
        Contracts.Check(name is null || name.Length <= LoaderSignatureSize);
        for (var i = 0; i < name?.Length; i++)
        {
            Contracts.Check(name[i] <= byte.MaxValue);
            bytes[i] = (byte)name[i];
        }
    }

    private static string ReadName(Span<ulong> words) => Encoding.Latin1.GetString(MemoryMarshal.AsBytes(words)).TrimEnd('\0');
}
