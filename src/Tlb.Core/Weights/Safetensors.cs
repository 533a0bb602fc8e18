using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Tlb.Core;

/// <summary>Reads and writes safetensors files: named tensors in a format that Python, Rust and JavaScript tools share.</summary>
/// <remarks>The format: the header's length in 8 bytes, a JSON header (name to type, shape and place), then the values.</remarks>
internal sealed class Safetensors
{
    private const int MaximumHeaderLength = 100_000_000;                     // the limit the format's own library sets
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 8 };

    private Safetensors(IReadOnlyDictionary<string, SafetensorsTensor> tensors, IReadOnlyDictionary<string, string> metadata) =>
        (Tensors, Metadata) = (tensors, metadata);

    /// <summary>The tensors by name.</summary>
    public IReadOnlyDictionary<string, SafetensorsTensor> Tensors { get; }

    /// <summary>The texts of the header's <c>__metadata__</c>.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file's path.</param>
    /// <exception cref="InvalidDataException">The file is damaged or no safetensors file; the message names it.</exception>
    public static Safetensors Read(string path)
    {
        try
        {
            return Read(File.ReadAllBytes(path));
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"'{path}' can't be read: {e.Message}", e);
        }
    }

    /// <summary>Reads the bytes of a file.</summary>
    /// <param name="file">All its bytes. The tensors alias them.</param>
    /// <exception cref="InvalidDataException">The bytes are damaged or no safetensors file.</exception>
    public static Safetensors Read(ReadOnlyMemory<byte> file)
    {
        if (file.Length < 8 || BinaryPrimitives.ReadUInt64LittleEndian(file.Span) is var length && (length > MaximumHeaderLength || length > (ulong)file.Length - 8))
            throw new InvalidDataException("not a safetensors file, or cut short within its header.");
        var values = file[(8 + (int)length)..];
        var tensors = new Dictionary<string, SafetensorsTensor>(StringComparer.Ordinal);
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            var places = new List<(int Begin, int End, string Name)>();
            using var header = JsonDocument.Parse(file.Slice(8, (int)length), Strict);
            foreach (var entry in header.RootElement.EnumerateObject())
            {
                if (entry.Name != "__metadata__")
                {
                    var (begin, end) = ReadPlace(entry.Name, entry.Value, values.Length);
                    places.Add((begin, end, entry.Name));
                    tensors.Add(entry.Name, ReadTensor(entry.Name, entry.Value, values[begin..end]));
                }
                else
                    foreach (var text in entry.Value.EnumerateObject())
                        metadata.Add(text.Name, text.Value.GetString() ?? "");
            }
            ThrowIfApart(places, values.Length);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or OverflowException or ArgumentException)
        {
            throw new InvalidDataException($"its header is damaged ({e.Message})", e);
        }
        return new(tensors, metadata);
    }

    /// <summary>Writes 32-bit float tensors.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="tensors">The tensors, in the order in which their values are written.</param>
    /// <param name="metadata">Texts for the header, or null for none.</param>
    public static void Write(
        Stream stream, IReadOnlyCollection<(string Name, ImmutableArray<int> Shape, ReadOnlyMemory<float> Values)> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(tensors);
        using var header = new MemoryStream();
        using (var json = new Utf8JsonWriter(header))
            WriteHeader(json, tensors, metadata);
        while (header.Length % 8 != 0)
            header.WriteByte((byte)' ');                                     // so that the values are aligned

        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        stream.Write(length);
        header.WriteTo(stream);
        foreach (var (_, _, values) in tensors)
            stream.Write(MemoryMarshal.AsBytes(values.Span));
    }

    private static void WriteHeader(
        Utf8JsonWriter json, IEnumerable<(string Name, ImmutableArray<int> Shape, ReadOnlyMemory<float> Values)> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        json.WriteStartObject();
        if (metadata is { Count: > 0 })
        {
            json.WriteStartObject("__metadata__");
            foreach (var (key, text) in metadata)
                json.WriteString(key, text);
            json.WriteEndObject();
        }
        long offset = 0;
        foreach (var (name, shape, values) in tensors)
        {
            json.WriteStartObject(name);
            json.WriteString("dtype", "F32");
            json.WriteStartArray("shape");
            foreach (var size in shape)
                json.WriteNumberValue(size);
            json.WriteEndArray();
            json.WriteStartArray("data_offsets");
            json.WriteNumberValue(offset);
            json.WriteNumberValue(offset += (long)sizeof(float) * values.Length);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private static SafetensorsTensor ReadTensor(string name, JsonElement entry, ReadOnlyMemory<byte> bytes)
    {
        var type = entry.GetProperty("dtype").GetString() ?? "";
        var shape = ReadShape(entry.GetProperty("shape"));
        long expected = type switch { "F64" or "I64" or "U64" => 8, "F32" or "I32" or "U32" => 4, "F16" or "BF16" or "I16" or "U16" => 2, _ => 1 };
        foreach (var size in shape)
            expected = size >= 0 ? checked(expected * size) : throw new InvalidDataException($"tensor '{name}' has a negative size, {size}.");
        return expected == bytes.Length
            ? new(name, type, shape, bytes)
            : throw new InvalidDataException($"tensor '{name}' of type {type} and shape [{string.Join(", ", shape)}] has {bytes.Length} bytes; expected {expected}.");
    }

    private static (int Begin, int End) ReadPlace(string name, JsonElement entry, int length)
    {
        var offsets = entry.GetProperty("data_offsets");
        if (offsets.GetArrayLength() != 2)
            throw new InvalidDataException($"tensor '{name}' has {offsets.GetArrayLength()} data_offsets; expected 2.");
        var (begin, end) = (offsets[0].GetInt64(), offsets[1].GetInt64());
        return begin >= 0 && end >= begin && end <= length
            ? ((int)begin, (int)end)
            : throw new InvalidDataException($"cut short: the values of tensor '{name}' lie at bytes {begin} to {end} of {length}.");
    }

    /// <summary>As the format asks: the tensors' values lie one after the other and are all that there is.</summary>
    private static void ThrowIfApart(List<(int Begin, int End, string Name)> places, int length)
    {
        places.Sort();
        var end = 0;
        foreach (var place in places)
        {
            if (place.Begin != end)
                throw new InvalidDataException($"the values of tensor '{place.Name}' begin at byte {place.Begin}, {(place.Begin < end ? "within those of another" : "after bytes that are no tensor's")}; expected byte {end}.");
            end = place.End;
        }
        if (end != length)
            throw new InvalidDataException($"the values of its tensors end at byte {end}; there are {length}.");
    }

    private static ImmutableArray<int> ReadShape(JsonElement json)
    {
        var shape = new int[json.GetArrayLength()];
        for (var i = 0; i < shape.Length; i++)
            shape[i] = json[i].GetInt32();
        return ImmutableCollectionsMarshal.AsImmutableArray(shape);
    }
}
