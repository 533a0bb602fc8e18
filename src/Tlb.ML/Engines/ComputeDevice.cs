using System.Globalization;
using System.Text.Json.Serialization;

namespace Tlb.ML;

/// <summary>Where a network is computed. As text: <c>auto</c>, <c>cpu</c>, <c>cuda</c> (the first) or <c>cuda:1</c>.</summary>
[JsonConverter(typeof(ComputeDeviceJson))]
public readonly record struct ComputeDevice
{
    private readonly Kind _kind;
    private readonly int _index;

    private ComputeDevice(Kind kind, int index = 0) => (_kind, _index) = (kind, index);

    private enum Kind
    {
        Auto,
        Cpu,
        Cuda,
    }

    /// <summary>
    /// The CUDA device that <see cref="MLContext.GpuDeviceId"/> names, or the CPU where it is null or where there is no such device and
    /// <see cref="MLContext.FallbackToCpu"/> is set.
    /// </summary>
    public static ComputeDevice Auto => default;

    /// <summary>The CPU, whatever the context says.</summary>
    public static ComputeDevice Cpu => new(Kind.Cpu);

    /// <summary>Whether the context decides.</summary>
    public bool IsAuto => _kind == Kind.Auto;

    /// <summary>The CUDA device; null for the CPU or where the context decides.</summary>
    public int? CudaIndex => _kind == Kind.Cuda ? _index : null;

    /// <summary>A CUDA device: this one, and no other.</summary>
    /// <param name="index">Its number, from 0.</param>
    public static ComputeDevice Cuda(int index = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        return new(Kind.Cuda, index);
    }

    /// <summary>Reads the text of a device.</summary>
    /// <param name="text">The text, in any case.</param>
    /// <exception cref="FormatException">It names no device.</exception>
    public static ComputeDevice Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parts = text.Trim().ToUpperInvariant().Split(':');
        return parts switch
        {
            ["AUTO"] => Auto,
            ["CPU"] => Cpu,
            ["CUDA"] => Cuda(),
            ["CUDA", var number] when int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var index) => Cuda(index),
            _ => throw new FormatException($"'{text}' is no device; expected auto, cpu, cuda or cuda:N."),
        };
    }

    /// <summary>The text that <see cref="Parse"/> reads.</summary>
    public override string ToString() => _kind == Kind.Cuda ? string.Create(CultureInfo.InvariantCulture, $"cuda:{_index}") : IsAuto ? "auto" : "cpu";
}
