using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp.Interop;

namespace TorchSharp;

public static unsafe partial class torch
{
    public static Tensor arange(Scalar start, Scalar stop, Scalar step, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false)
    {
        var integral = start.Type.IsIntegral() && stop.Type.IsIntegral() && step.Type.IsIntegral();
        var type = dtype ?? (integral ? ScalarType.Int64 : get_default_dtype());
        return Made(Op.Call("arange.start_step", start, stop, step, type, Arg.None, InitializeDevice(device)), requires_grad);
    }

    public static Tensor arange(Scalar start, Scalar stop, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        arange(start, stop, 1, dtype, device, requires_grad);

    public static Tensor arange(Scalar stop, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        arange(0, stop, 1, dtype, device, requires_grad);

    public static Tensor linspace(double start, double end, long steps, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false) =>
        Made(Op.Call("linspace", start, end, steps, dtype ?? get_default_dtype(), Arg.None, InitializeDevice(device)), requires_grad);

    public static Tensor eye(long rows, long columns = -1L, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        Made(Op.Call("eye.m", rows, columns == -1 ? rows : columns, dtype ?? get_default_dtype(), Arg.None, InitializeDevice(device)),
            requires_grad, names);

    /// <summary>A tensor over the array's own memory, unless type or device make a copy necessary.</summary>
    public static Tensor from_array(Array rawArray, Device? device = null) => from_array(rawArray, ElementType(rawArray), device ?? CPU);

    public static Tensor from_array(Array rawArray, ScalarType? dtype, Device? device = null, bool requires_grad = false,
        string[]? names = null)
    {
        var shape = new long[rawArray.Rank];
        for (var i = 0; i < shape.Length; i++) shape[i] = rawArray.GetLongLength(i);
        return Converted(Wrapped(rawArray, 0, shape, ElementType(rawArray)), dtype, device, requires_grad, names);
    }

    public static Tensor frombuffer(Array rawArray, ScalarType dtype, long count = -1, long offset = 0, bool requires_grad = false)
    {
        var length = rawArray.LongLength;
        if (offset < 0 || offset >= length) throw new ArgumentException($"The offset is outside of the array: {offset}");
        if (count < 0) count = length - offset;
        if (count > length - offset) throw new IndexOutOfRangeException($"The array has fewer than {count} elements from there on.");
        return Converted(Wrapped(rawArray, offset, [count], ElementType(rawArray)), dtype, CPU, requires_grad, null);
    }

    private static Tensor Sized(string name, ReadOnlySpan<long> size, ScalarType? dtype, Device? device, bool requiresGrad,
        string[]? names) =>
        Made(Op.Call(name, size, dtype ?? get_default_dtype(), Arg.None, InitializeDevice(device)), requiresGrad, names);

    private static Tensor Single(Scalar value, ScalarType type, ScalarType? dtype, Device? device, bool requiresGrad) =>
        Converted(Op.Call("scalar_tensor", value, type), dtype, device, requiresGrad, null);

    private static Tensor Copied(Array elements, ReadOnlySpan<long> shape, ScalarType type, ScalarType? dtype, Device? device,
        bool requiresGrad, string[]? names)
    {
        long count = 1;
        foreach (var size in shape) count *= size;
        if (count > elements.LongLength)
            throw new ArgumentException($"The shape has {count} elements, the array {elements.LongLength}.");
        var made = Op.Call("empty.memory_format", shape, type);
        if (count > 0)
        {
            fixed (byte* source = &MemoryMarshal.GetArrayDataReference(elements))
                Buffer.MemoryCopy(source, (void*)made.DataPointer, count * type.ElementSize(), count * type.ElementSize());
            GC.KeepAlive(made);
        }
        return Converted(made, dtype, device, requiresGrad, names);
    }

    // The array stays pinned until the last tensor over it is gone.
    private static Tensor Wrapped(Array elements, long offset, long[] shape, ScalarType type)
    {
        var pin = GCHandle.Alloc(elements, GCHandleType.Pinned);
        nint result;
        fixed (long* sizes = shape)
            NativeMethods.Check(NativeMethods.ts_tensor_from_blob(pin.AddrOfPinnedObject() + (nint)offset * type.ElementSize(), sizes,
                shape.Length,
                (int)type, &Unpin, GCHandle.ToIntPtr(pin), &result));
        return new Tensor(result);
    }

    [UnmanagedCallersOnly]
    private static void Unpin(nint pin) => GCHandle.FromIntPtr(pin).Free();

    private static Tensor Converted(Tensor made, ScalarType? dtype, Device? device, bool requiresGrad, string[]? names)
    {
        var target = InitializeDevice(device);
        Made(made, requiresGrad, names);
        if (target.type != DeviceType.CPU) return made.to(dtype ?? made.dtype, target, disposeAfter: true);
        return dtype is { } type && type != made.dtype ? made.to_type(type, disposeAfter: true) : made;
    }

    private static Tensor Made(Tensor made, bool requiresGrad, string[]? names = null)
    {
        if (names is { Length: > 0 }) throw new NotSupportedException("Named dimensions are not supported by this build of TorchSharp.");
        return requiresGrad ? made.requires_grad_() : made;
    }

    private static ScalarType ElementType(Array array) => ToScalarType(array.GetType().GetElementType()!);
}
