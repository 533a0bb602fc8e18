namespace Tlb.Core;

/// <summary>The types of a tensor's values that our ONNX files have, by their numbers in the format.</summary>
internal enum OnnxType
{
    /// <summary>32-bit floats.</summary>
    Single = 1,

    /// <summary>Bytes.</summary>
    Byte = 2,

    /// <summary>Whole numbers of 64 bits.</summary>
    Int64 = 7,
}
