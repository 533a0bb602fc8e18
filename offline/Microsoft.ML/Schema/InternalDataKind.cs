namespace Microsoft.ML.Data;

internal enum InternalDataKind : byte
{
    I1 = DataKind.SByte,
    U1 = DataKind.Byte,
    I2 = DataKind.Int16,
    U2 = DataKind.UInt16,
    I4 = DataKind.Int32,
    U4 = DataKind.UInt32,
    I8 = DataKind.Int64,
    U8 = DataKind.UInt64,
    R4 = DataKind.Single,
    R8 = DataKind.Double,
    TX = DataKind.String,
    BL = DataKind.Boolean,
    TS = DataKind.TimeSpan,
    DT = DataKind.DateTime,
    DZ = DataKind.DateTimeOffset,
    UG = 16,
}

internal static class InternalDataKindExtensions
{
    private static readonly Dictionary<Type, InternalDataKind> KindOf = new()
    {
        [typeof(sbyte)] = InternalDataKind.I1,
        [typeof(byte)] = InternalDataKind.U1,
        [typeof(short)] = InternalDataKind.I2,
        [typeof(ushort)] = InternalDataKind.U2,
        [typeof(int)] = InternalDataKind.I4,
        [typeof(uint)] = InternalDataKind.U4,
        [typeof(long)] = InternalDataKind.I8,
        [typeof(ulong)] = InternalDataKind.U8,
        [typeof(float)] = InternalDataKind.R4,
        [typeof(double)] = InternalDataKind.R8,
        [typeof(ReadOnlyMemory<char>)] = InternalDataKind.TX,
        [typeof(string)] = InternalDataKind.TX,
        [typeof(bool)] = InternalDataKind.BL,
        [typeof(TimeSpan)] = InternalDataKind.TS,
        [typeof(DateTime)] = InternalDataKind.DT,
        [typeof(DateTimeOffset)] = InternalDataKind.DZ,
        [typeof(DataViewRowId)] = InternalDataKind.UG,
    };

    public static bool TryGetDataKind(this Type type, out InternalDataKind kind)
    {
        kind = default;
        return type is not null && KindOf.TryGetValue(type, out kind);
    }

    /// <summary>The greatest value of an integer type; 0 for the others.</summary>
    public static ulong ToMaxInt(this Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.SByte => (ulong)sbyte.MaxValue,
        TypeCode.Byte => byte.MaxValue,
        TypeCode.Int16 => (ulong)short.MaxValue,
        TypeCode.UInt16 => ushort.MaxValue,
        TypeCode.Int32 => int.MaxValue,
        TypeCode.UInt32 => uint.MaxValue,
        TypeCode.Int64 => long.MaxValue,
        TypeCode.UInt64 => ulong.MaxValue,
        _ => 0,
    };
}
