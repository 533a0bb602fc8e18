using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Tlb.Core;

/// <summary>One tensor of a safetensors file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="DataType">Its type as the format spells it, such as <c>F32</c>, <c>BF16</c> or <c>I64</c>.</param>
/// <param name="Shape">Its sizes; empty for a single number.</param>
/// <param name="Bytes">Its values, little-endian, in row-major order.</param>
internal sealed record SafetensorsTensor(string Name, string DataType, ImmutableArray<int> Shape, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>The number of values that <see cref="Shape"/> asks for.</summary>
    public int Count { get; } = ParameterSpec.SizeOf(Shape);

    /// <summary>The values as 32-bit floats.</summary>
    /// <returns>A new array, row-major.</returns>
    /// <exception cref="InvalidDataException"><see cref="DataType"/> is not one of F32, F64, F16 and BF16.</exception>
    public float[] ToSingles() => DataType switch
    {
        "F32" => Values<float>().ToArray(),
        "F64" => Array.ConvertAll(Values<double>().ToArray(), value => (float)value),
        "F16" => Array.ConvertAll(Values<Half>().ToArray(), value => (float)value),
        "BF16" => Array.ConvertAll(Values<ushort>().ToArray(), bits => BitConverter.UInt32BitsToSingle((uint)bits << 16)),
        _ => throw new InvalidDataException($"Tensor '{Name}' holds {DataType} values; expected F32, F64, F16 or BF16."),
    };

    /// <summary>The values as they lie in the file.</summary>
    /// <typeparam name="T">The type that <see cref="DataType"/> names.</typeparam>
    /// <exception cref="InvalidDataException"><typeparamref name="T"/> has another size than the values.</exception>
    public ReadOnlySpan<T> Values<T>() where T : unmanaged
    {
        var values = MemoryMarshal.Cast<byte, T>(Bytes.Span);
        return values.Length == Count
            ? values
            : throw new InvalidDataException($"Tensor '{Name}' holds {DataType} values, {Count} in {Bytes.Length} bytes: not {typeof(T).Name}.");
    }
}
