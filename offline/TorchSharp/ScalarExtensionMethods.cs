namespace TorchSharp;

public static class ScalarExtensionMethods
{
    public static Scalar ToScalar(this byte value) => value;
    public static Scalar ToScalar(this sbyte value) => value;
    public static Scalar ToScalar(this short value) => value;
    public static Scalar ToScalar(this int value) => value;
    public static Scalar ToScalar(this long value) => value;
    public static Scalar ToScalar(this float value) => value;
    public static Scalar ToScalar(this double value) => value;
    public static Scalar ToScalar(this bool value) => value;
    public static Scalar ToScalar(this Half value) => value;
    public static Scalar ToBFloat16Scalar(this float value) =>
        BitConverter.UInt32BitsToSingle(RoundToBFloat16(BitConverter.SingleToUInt32Bits(value)));

    public static Half ToHalf(this Scalar value) => (Half)value.ToReal();
    public static float ToSingle(this Scalar value) => (float)value.ToReal();
    public static double ToDouble(this Scalar value) => value.ToReal();
    public static sbyte ToSByte(this Scalar value) => (sbyte)value.ToInteger(sbyte.MinValue, sbyte.MaxValue, "int8_t");
    public static byte ToByte(this Scalar value) => (byte)value.ToInteger(byte.MinValue, byte.MaxValue, "uint8_t");
    public static short ToInt16(this Scalar value) => (short)value.ToInteger(short.MinValue, short.MaxValue, "int16_t");
    public static int ToInt32(this Scalar value) => (int)value.ToInteger(int.MinValue, int.MaxValue, "int");
    public static long ToInt64(this Scalar value) => value.ToInteger(long.MinValue, long.MaxValue, "int64_t");
    public static bool ToBoolean(this Scalar value) => value.ToReal() != 0;

    // Round to nearest, ties to even; a NaN keeps its upper half.
    private static uint RoundToBFloat16(uint bits) =>
        float.IsNaN(BitConverter.UInt32BitsToSingle(bits)) ? bits & 0xFFFF0000u : (bits + 0x7FFFu + ((bits >> 16) & 1)) & 0xFFFF0000u;
}
