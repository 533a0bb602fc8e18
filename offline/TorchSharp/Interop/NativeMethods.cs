using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

[assembly: DisableRuntimeMarshalling]

namespace TorchSharp.Interop;

/// <summary>The functions of Native/bridge.cpp. The library, and libtorch with it, is loaded by the first call.</summary>
internal static unsafe partial class NativeMethods
{
    private const string Library = "libtorchsharpbridge.so";

    // Explicit, so that the resolver is in place before any function is bound.
    static NativeMethods() => NativeLibrary.SetDllImportResolver(typeof(NativeMethods).Assembly, Resolve);

    [DllImport(Library)] internal static extern int ts_operator(byte* name, byte* overload, nint* operatorHandle);
    [DllImport(Library)] internal static extern int ts_call(nint operatorHandle, NativeValue* arguments, long argumentCount, NativeValue* results, long capacity, long* resultCount);
    [DllImport(Library)] internal static extern int ts_free(nint memory);
    [DllImport(Library)] internal static extern int ts_tensor_release(nint handle);
    [DllImport(Library)] internal static extern int ts_tensor_meta(nint handle, TensorMeta* meta);
    [DllImport(Library)] internal static extern int ts_tensor_layout(nint handle, long* sizes, long* strides, long capacity);
    [DllImport(Library)] internal static extern int ts_tensor_data(nint handle, nint* data);
    [DllImport(Library)] internal static extern int ts_tensor_from_blob(nint data, long* sizes, long dimensions, int scalarType, delegate* unmanaged<nint, void> deleter, nint context, nint* result);
    [DllImport(Library)] internal static extern int ts_tensor_share(nint handle, nint* result);
    [DllImport(Library)] internal static extern int ts_tensor_set_requires_grad(nint handle, int value);
    [DllImport(Library)] internal static extern int ts_tensor_retain_grad(nint handle);
    [DllImport(Library)] internal static extern int ts_tensor_grad(nint handle, nint* result);
    [DllImport(Library)] internal static extern int ts_tensor_set_grad(nint handle, nint grad);
    [DllImport(Library)] internal static extern int ts_index(nint handle, NativeIndex* indices, long count, nint* result);
    [DllImport(Library)] internal static extern int ts_index_put(nint handle, NativeIndex* indices, long count, nint value);
    [DllImport(Library)] internal static extern int ts_backward(nint* tensors, long tensorCount, nint* grads, long gradCount, int retainGraph, int createGraph, nint* inputs, long inputCount);
    [DllImport(Library)] internal static extern int ts_grad(nint* outputs, long outputCount, nint* inputs, long inputCount, nint* grads, long gradCount, int retainGraph, int createGraph, int allowUnused, nint* results);
    [DllImport(Library)] internal static extern int ts_inference_begin(int enabled, nint* guard);
    [DllImport(Library)] internal static extern int ts_inference_end(nint guard);
    [DllImport(Library)] internal static extern int ts_generator_new(ulong seed, nint* result);
    [DllImport(Library)] internal static extern int ts_generator_default(nint* result);
    [DllImport(Library)] internal static extern int ts_generator_release(nint handle);
    [DllImport(Library)] internal static extern int ts_generator_seed(nint handle, ulong* seed);
    [DllImport(Library)] internal static extern int ts_generator_set_seed(nint handle, ulong seed);
    [DllImport(Library)] internal static extern int ts_generator_state(nint handle, nint* state);
    [DllImport(Library)] internal static extern int ts_generator_set_state(nint handle, nint state);
    [DllImport(Library)] internal static extern int ts_get(Setting setting, long* value);
    [DllImport(Library)] internal static extern int ts_set(Setting setting, long value);
    [DllImport(Library)] internal static extern int ts_text(NativeText kind, byte* target, long capacity, long* length);

    [DllImport("libc")] private static extern int setenv(byte* name, byte* value, int overwrite);

    internal static void Check(int status)
    {
        if (status != 0) Throw();
    }

    private static void Throw() => throw new ExternalException(Text(NativeText.LastError));

    internal static string Text(NativeText kind)
    {
        var buffer = new byte[4096];
        while (true)
        {
            long length;
            fixed (byte* target = buffer)
                if (ts_text(kind, target, buffer.Length, &length) != 0) return "libtorch could not describe its error";
            if (length <= buffer.Length) return Encoding.UTF8.GetString(buffer, 0, (int)length);
            if (kind == NativeText.LastError) return Encoding.UTF8.GetString(buffer) + "...";
            buffer = new byte[length];
        }
    }

    internal static bool Get(Setting setting) => GetNumber(setting) != 0;

    internal static long GetNumber(Setting setting)
    {
        long value;
        Check(ts_get(setting, &value));
        return value;
    }

    internal static void Set(Setting setting, long value) => Check(ts_set(setting, value));

    internal static void Set(Setting setting, bool value) => Set(setting, value ? 1 : 0);

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath)
    {
        if (name != Library) return 0;
        // Idle OpenMP threads would spin against the thread pools of BLAS and of .NET. OpenMP reads this once, when it is
        // loaded, and from the process itself, so Environment.SetEnvironmentVariable would not do.
        fixed (byte* variable = "OMP_WAIT_POLICY\0"u8, value = "passive\0"u8) setenv(variable, value, overwrite: 0);

        string[] folders = [AppContext.BaseDirectory, Path.GetDirectoryName(assembly.Location) ?? ""];
        foreach (var folder in folders)
            if (File.Exists(Path.Combine(folder, Library))) return NativeLibrary.Load(Path.Combine(folder, Library));
        return NativeLibrary.Load(Library, assembly, searchPath);
    }
}
