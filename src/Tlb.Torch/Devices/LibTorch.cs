using System.Runtime.InteropServices;
using TorchSharp;

namespace Tlb.Torch;

/// <summary>Whether TorchSharp's native libraries can be loaded, found out without TorchSharp's own page of text on standard output.</summary>
internal static class LibTorch
{
    /// <summary>A function of libstdc++ that TorchSharp's native library calls on Linux, since version 3.4.32 (GCC 13).</summary>
    private const string RecentFunction = "_ZSt21ios_base_library_initv";

    private static readonly Lazy<string?> FirstProblem = new(FindProblem);

    /// <summary>Why networks can't be computed with TorchSharp in this process; null where they can.</summary>
    public static string? Problem => FirstProblem.Value;

    /// <summary>Makes sure that TorchSharp can be used.</summary>
    /// <exception cref="NotSupportedException">Its native libraries are missing or don't fit the system.</exception>
    public static void Require()
    {
        if (Problem is { } problem)
            throw new NotSupportedException($"{problem} Without it networks are computed on the CPU in Precision.Float32 (ComputeDevice.Cpu).");
    }

    private static string? FindProblem()
    {
        var assembly = typeof(torch).Assembly;
        if (NativeLibrary.TryLoad("LibTorchSharp", assembly, null, out _))
            return null;
        if (OperatingSystem.IsLinux() && NativeLibrary.TryLoad("libstdc++.so.6", out var library) && !NativeLibrary.TryGetExport(library, RecentFunction, out _))
        {
            return "TorchSharp's native library can't be loaded on this system: it needs version GLIBCXX_3.4.32 of libstdc++ (that of GCC 13, as in Debian 13 or Ubuntu 24.04), and the system's is older. "
                + "Use a newer system or container image for it.";
        }
        // In notebooks and scripts, where each package stays in its own folder, TorchSharp finds its libraries by itself.
        return assembly.Location.Contains("torchsharp", StringComparison.Ordinal) && assembly.Location.Contains("lib", StringComparison.Ordinal)
            ? null
            : "TorchSharp's native libraries are not beside this application: it needs the package TorchSharp-cpu or, for NVIDIA GPUs, TorchSharp-cuda-linux or TorchSharp-cuda-windows.";
    }
}
