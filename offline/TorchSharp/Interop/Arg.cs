namespace TorchSharp.Interop;

/// <summary>An argument of an operator. Holds the managed object behind a native one, so that it lives through the call.</summary>
internal readonly struct Arg
{
    public static readonly Arg None = default;
    public static readonly Arg Default = new(Tag.Default, 0);

    public readonly object? Object;
    public readonly Tag Tag;
    public readonly long Bits;

    private Arg(Tag tag, long bits, object? owner = null)
    {
        Tag = tag;
        Bits = bits;
        Object = owner;
    }

    public static implicit operator Arg(torch.Tensor? value) => value is null ? None : new(Tag.Tensor, value.Handle, value);
    public static implicit operator Arg(long value) => new(Tag.Int, value);
    public static implicit operator Arg(double value) => new(Tag.Double, BitConverter.DoubleToInt64Bits(value));
    public static implicit operator Arg(bool value) => new(Tag.Bool, value ? 1 : 0);
    public static implicit operator Arg(long? value) => value is { } v ? v : None;
    public static implicit operator Arg(double? value) => value is { } v ? v : None;
    public static implicit operator Arg(Scalar? value) => value is null ? None : value.ToArg();
    public static implicit operator Arg(torch.ScalarType value) => new(Tag.Int, (long)value);
    public static implicit operator Arg(torch.ScalarType? value) => value is { } v ? v : None;
    public static implicit operator Arg(torch.Device? value) =>
        value is null ? None : new(Tag.Device, ((long)value.type << 8) | (byte)(value.index + 1));
    public static implicit operator Arg(torch.Generator? value) => value is null ? None : new(Tag.Generator, value.Handle, value);
    public static implicit operator Arg(string? value) => value is null ? None : new(Tag.String, 0, value);
    public static implicit operator Arg(long[]? value) => value is null ? None : new(Tag.Ints, 0, value);
    public static implicit operator Arg(double[]? value) => value is null ? None : new(Tag.Doubles, 0, value);
    public static implicit operator Arg(ReadOnlySpan<long> value) => value.ToArray();

    public static Arg Tensors(IEnumerable<torch.Tensor?> tensors)
    {
        var array = tensors as torch.Tensor?[] ?? tensors.ToArray();
        return new(Tag.Tensors, 0, array);
    }
}
