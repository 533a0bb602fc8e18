using Microsoft.ML.Runtime;

namespace Microsoft.ML.Internal.Utilities;

internal static class BinaryExtensions
{
    public static void WriteBoolByte(this BinaryWriter writer, bool value) => writer.Write((byte)(value ? 1 : 0));

    public static bool ReadBoolByte(this BinaryReader reader)
    {
        var value = reader.ReadByte();
        Contracts.CheckDecode(value <= 1);
        return value == 1;
    }
}
