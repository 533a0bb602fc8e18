using System.Runtime.CompilerServices;
using TorchSharp;
using Tlb.Cpu;
using Tlb.Torch;
using static TorchSharp.torch;

namespace Tlb.ML;

/// <summary>Picks what computes a network: vector kernels on the CPU, TorchSharp on a CUDA device.</summary>
internal static class EngineChoice
{
    /// <summary>The engine for a context.</summary>
    /// <param name="gpuDeviceId">The context's <see cref="MLContext.GpuDeviceId"/>: the CUDA device to use; null for the CPU.</param>
    /// <param name="fallbackToCpu">The context's <see cref="MLContext.FallbackToCpu"/>: whether the CPU will do where there is no such device.</param>
    /// <exception cref="InvalidOperationException">There is no such device, and the CPU will not do.</exception>
    public static IEngine For(int? gpuDeviceId, bool fallbackToCpu)
    {
        if (gpuDeviceId is { } index)
            return ForCuda(index, fallbackToCpu);
        return new CpuEngine();
    }

    /// <summary>Apart, so that whoever stays on the CPU loads neither TorchSharp nor libtorch.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static IEngine ForCuda(int index, bool fallbackToCpu)
    {
        var problem = FindProblem(index);
        return problem is null ? new TorchEngine(new Device(DeviceType.CUDA, index))
            : fallbackToCpu ? new CpuEngine()
            : throw new InvalidOperationException($"{problem} Set MLContext.FallbackToCpu to use the CPU then, or MLContext.GpuDeviceId to null.");
    }

    private static string? FindProblem(int index)
    {
        if (!cuda.is_available())
            return $"CUDA device {index} was asked for, but this process has no CUDA: the application needs the package TorchSharp-cuda-linux or TorchSharp-cuda-windows, and a driver.";
        var count = cuda.device_count();
        return index >= 0 && index < count ? null : $"CUDA device {index} was asked for; this machine has {count}, numbered from 0.";
    }
}
