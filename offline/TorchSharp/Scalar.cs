using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp.Interop;

namespace TorchSharp;

/// <summary>A number as operators take it: an integer, a real number or a truth value.</summary>
public sealed class Scalar : IDisposable
{
    private readonly torch.ScalarType _type;
    private readonly long _bits;
    private bool _disposed;

    private Scalar(torch.ScalarType type, long bits)
    {
        _type = type;
        _bits = bits;
    }

    private Scalar(double value) : this(torch.ScalarType.Float64, BitConverter.DoubleToInt64Bits(value)) { }

    private Scalar(long value) : this(torch.ScalarType.Int64, value) { }

    public torch.ScalarType Type
    {
        get
        {
            CheckAlive();
            return _type;
        }
    }

    public static implicit operator Scalar(byte value) => new((long)value);
    public static implicit operator Scalar(sbyte value) => new((long)value);
    public static implicit operator Scalar(short value) => new((long)value);
    public static implicit operator Scalar(int value) => new((long)value);
    public static implicit operator Scalar(long value) => new(value);
    public static implicit operator Scalar(Half value) => new((double)value);
    public static implicit operator Scalar(float value) => new((double)value);
    public static implicit operator Scalar(double value) => new(value);
    public static implicit operator Scalar(bool value) => new(torch.ScalarType.Bool, value ? 1 : 0);

    public void Dispose() => _disposed = true;

    internal Arg ToArg()
    {
        CheckAlive();
        return _type switch
        {
            torch.ScalarType.Float64 => BitConverter.Int64BitsToDouble(_bits),
            torch.ScalarType.Bool => _bits != 0,
            _ => _bits,
        };
    }

    internal double ToReal()
    {
        CheckAlive();
        return _type == torch.ScalarType.Float64 ? BitConverter.Int64BitsToDouble(_bits) : _bits;
    }

    internal long ToInteger(long minimum, long maximum, string target)
    {
        CheckAlive();
        if (_type == torch.ScalarType.Float64)
        {
            var real = Math.Truncate(BitConverter.Int64BitsToDouble(_bits));
            // The second bound is exclusive for long, whose maximum rounds up as a double.
            if (real >= minimum && (real <= maximum && real < 9223372036854775808.0)) return (long)real;
        }
        else if (_bits >= minimum && _bits <= maximum)
        {
            return _bits;
        }
        throw new ExternalException($"value cannot be converted to type {target} without overflow");
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void CheckAlive()
    {
        if (_disposed) throw new InvalidOperationException("This scalar has been disposed of.");
    }
}
