using System.Runtime.InteropServices;

namespace TorchSharp.Interop;

internal enum Tag : long { None, Tensor, Int, Double, Bool, Ints, Tensors, Doubles, String, Device, Generator, Default }

/// <summary>One argument or result of an operator; <see cref="Bits"/> is a number, or a pointer with <see cref="Size"/> items.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeValue
{
    public Tag Tag;
    public long Size;
    public long Bits;
}

[StructLayout(LayoutKind.Sequential)]
internal struct TensorMeta
{
    public long Dimensions;
    public long Elements;
    public long ElementSize;
    public long StorageOffset;
    public int ScalarType;
    public int DeviceType;
    public int DeviceIndex;
    public MetaFlags Flags;
}

[Flags]
internal enum MetaFlags { RequiresGrad = 1, Leaf = 2, Contiguous = 4, Sparse = 8, Inference = 16 }

internal enum IndexKind : long { None, Ellipsis, Integer, Bool, Tensor, Slice }

[StructLayout(LayoutKind.Sequential)]
internal struct NativeIndex
{
    public const long NoBound = long.MinValue;

    public IndexKind Kind;
    public long Start;
    public long Stop;
    public long Step;
    public nint Tensor;
}

internal enum Setting
{
    GradMode, InferenceMode, AnomalyMode, AnomalyChecksNaN, Tf32MatMul, Tf32Convolution, ReducedFloat16, Threads, InteropThreads,
        DeterministicAlgorithms,
}

internal enum NativeText { LastError, Version, ParallelInfo, Build }
