using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace TorchSharp.Interop;

/// <summary>
/// Calls operators by their name in libtorch's schema ("add.Tensor" is overload Tensor of aten::add).
/// Arguments that are left out take the schema's defaults.
/// </summary>
internal static unsafe class Op
{
    private const int StackWords = 64;
    private static readonly ConcurrentDictionary<string, nint> Handles = new();

    /// <summary>Calls an operator with one tensor as its result.</summary>
    [SkipLocalsInit]
    public static torch.Tensor Call(string name, params ReadOnlySpan<Arg> arguments)
    {
        NativeValue result;
        Run(name, arguments, &result, 1);
        return ToTensor(result);
    }

    /// <summary>Calls an operator for its effect on the first argument.</summary>
    public static void Do(string name, params ReadOnlySpan<Arg> arguments) => Run(name, arguments, null, 0);

    [SkipLocalsInit]
    public static (torch.Tensor, torch.Tensor) Call2(string name, params ReadOnlySpan<Arg> arguments)
    {
        var results = stackalloc NativeValue[2];
        Run(name, arguments, results, 2);
        return (ToTensor(results[0]), ToTensor(results[1]));
    }

    [SkipLocalsInit]
    public static (torch.Tensor, torch.Tensor, torch.Tensor) Call3(string name, params ReadOnlySpan<Arg> arguments)
    {
        var results = stackalloc NativeValue[3];
        Run(name, arguments, results, 3);
        return (ToTensor(results[0]), ToTensor(results[1]), ToTensor(results[2]));
    }

    /// <summary>Calls an operator with a list of tensors as its result.</summary>
    [SkipLocalsInit]
    public static torch.Tensor[] CallList(string name, params ReadOnlySpan<Arg> arguments)
    {
        NativeValue result;
        Run(name, arguments, &result, 1);
        if (result.Tag != Tag.Tensors) throw new InvalidOperationException($"{name} does not return a list of tensors");
        var handles = new ReadOnlySpan<nint>((void*)result.Bits, (int)result.Size);
        var tensors = new torch.Tensor[handles.Length];
        for (var i = 0; i < tensors.Length; i++) tensors[i] = new torch.Tensor(handles[i]);
        NativeMethods.Check(NativeMethods.ts_free((nint)result.Bits));
        return tensors;
    }

    [SkipLocalsInit]
    public static bool CallBool(string name, params ReadOnlySpan<Arg> arguments)
    {
        NativeValue result;
        Run(name, arguments, &result, 1);
        return result.Bits != 0;
    }

    [SkipLocalsInit]
    public static Scalar CallScalar(string name, params ReadOnlySpan<Arg> arguments)
    {
        NativeValue result;
        Run(name, arguments, &result, 1);
        return result.Tag switch
        {
            Tag.Int => result.Bits,
            Tag.Double => BitConverter.Int64BitsToDouble(result.Bits),
            Tag.Bool => result.Bits != 0,
            _ => throw new NotSupportedException($"{name} returned {result.Tag}, which is not a real number"),
        };
    }

    [SkipLocalsInit]
    private static void Run(string name, ReadOnlySpan<Arg> arguments, NativeValue* results, int capacity)
    {
        var handle = Handles.TryGetValue(name, out var known) ? known : Find(name);
        var native = stackalloc NativeValue[arguments.Length];
        var words = stackalloc long[StackWords];
        var used = 0;
        List<GCHandle>? pinned = null;
        try
        {
            for (var i = 0; i < arguments.Length; i++)
            {
                ref readonly var argument = ref arguments[i];
                native[i].Tag = argument.Tag;
                native[i].Bits = argument.Bits;
                native[i].Size = 0;
                if (argument.Tag is Tag.Ints or Tag.Tensors or Tag.Doubles or Tag.String)
                    Marshal(argument, ref native[i], words, ref used, ref pinned);
            }
            long count;
            NativeMethods.Check(NativeMethods.ts_call(handle, native, arguments.Length, results, capacity, &count));
        }
        finally
        {
            if (pinned is not null)
                foreach (var pin in pinned) pin.Free();
            foreach (ref readonly var argument in arguments) GC.KeepAlive(argument.Object);
        }
    }

    // Short lists go to the caller's stack; longer ones are pinned where they are (or in a copy that native code can read).
    private static void Marshal(in Arg argument, ref NativeValue native, long* words, ref int used, ref List<GCHandle>? pinned)
    {
        Array items = argument.Object switch
        {
            torch.Tensor?[] tensors => Array.ConvertAll(tensors, tensor => tensor is null ? 0 : (long)tensor.Handle),
            string text => Encoding.UTF8.GetBytes(text),
            var array => (Array)array!,
        };
        native.Size = items.Length;
        if (items is long[] numbers && numbers.Length <= StackWords - used)
        {
            numbers.CopyTo(new Span<long>(words + used, numbers.Length));
            native.Bits = (nint)(words + used);
            used += numbers.Length;
            return;
        }
        var pin = GCHandle.Alloc(items, GCHandleType.Pinned);
        (pinned ??= []).Add(pin);
        native.Bits = pin.AddrOfPinnedObject();
    }

    private static nint Find(string name)
    {
        var dot = name.IndexOf('.');
        var overload = dot < 0 ? "" : name[(dot + 1)..];
        var full = "aten::" + (dot < 0 ? name : name[..dot]);
        nint handle;
        fixed (byte* fullBytes = Encoding.UTF8.GetBytes(full + '\0'), overloadBytes = Encoding.UTF8.GetBytes(overload + '\0'))
            NativeMethods.Check(NativeMethods.ts_operator(fullBytes, overloadBytes, &handle));
        return Handles.GetOrAdd(name, handle);
    }

    private static torch.Tensor ToTensor(in NativeValue value) => new((nint)value.Bits);
}
