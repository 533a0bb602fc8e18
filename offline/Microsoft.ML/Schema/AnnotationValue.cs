using Microsoft.ML.Internal.Utilities;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>Getters of annotations that are given as .NET values.</summary>
internal static class AnnotationValue
{
    public static Delegate MakeGetter<T>(T value, DataViewType type)
    {
        DataMember.GetMappedType(typeof(T), out var itemType, out var isVector);
        DataMember.CheckType("annotation value", itemType, null);
        var wantsVector = type is VectorDataViewType;
        if (isVector != wantsVector)
        {
            throw Contracts.Except("Value inputted is supposed to be {0}, but type of Annotationinfo is {1}",
                isVector ? "vector" : "scalar", wantsVector ? "vector" : "scalar");
        }
        if (itemType != type.GetItemType().RawType)
        {
            throw Contracts.Except("Value inputted is supposed to have Type {0}, but type of Annotationinfo has {1}",
                itemType.ToString(), type.GetItemType().RawType.ToString());
        }
        return value switch
        {
            string text => Constant(text.AsMemory()),
            string[] texts => VectorConstant(Array.ConvertAll(texts, t => t.AsMemory())),
            Array => Utils.MarshalInvoke(ArrayConstant<int>, itemType, (object)value),
            _ when isVector => Utils.MarshalInvoke(BufferConstant<int>, itemType, (object)value),
            _ => Constant(value),
        };
    }

    private static Delegate Constant<T>(T value) => (ValueGetter<T>)((ref T dst) => dst = value);

    private static Delegate ArrayConstant<T>(object value) => VectorConstant((T[])value);

    private static Delegate VectorConstant<T>(T[] values) => BufferConstant<T>(new VBuffer<T>(values.Length, values));

    private static Delegate BufferConstant<T>(object value) =>
        (ValueGetter<VBuffer<T>>)((ref VBuffer<T> dst) => ((VBuffer<T>)value).CopyTo(ref dst));
}
