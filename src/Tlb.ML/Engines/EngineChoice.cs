using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using TorchSharp;
using Tlb.Cpu;
using Tlb.Torch;
using static TorchSharp.torch;

namespace Tlb.ML;

/// <summary>Picks what computes a network: vector kernels on the CPU, TorchSharp on a CUDA device and for 16-bit numbers.</summary>
internal static class EngineChoice
{
    /// <summary>The engine for training or scoring.</summary>
    /// <param name="device">The device that was asked for.</param>
    /// <param name="precision">The precision that was asked for.</param>
    /// <param name="gpuDeviceId">The context's <see cref="MLContext.GpuDeviceId"/>: the CUDA device to use; null for the CPU.</param>
    /// <param name="fallbackToCpu">The context's <see cref="MLContext.FallbackToCpu"/>: whether the CPU will do where there is no such device.</param>
    /// <exception cref="InvalidOperationException">There is no such device, and the CPU will not do.</exception>
    /// <exception cref="NotSupportedException">The CPU has no such precision.</exception>
    public static IEngine For(ComputeDevice device, Precision precision, int? gpuDeviceId, bool fallbackToCpu)
    {
        var index = device.IsAuto ? gpuDeviceId : device.CudaIndex;
        return index is { } cuda ? ForCuda(cuda, precision, device.IsAuto, fallbackToCpu) : OnCpu(precision);
    }

    /// <summary>Apart, so that whoever stays on the CPU loads neither TorchSharp nor libtorch.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static IEngine ForCuda(int index, Precision precision, bool isAuto, bool fallbackToCpu)
    {
        var problem = FindProblem(index);
        return problem is null ? new TorchEngine(new Device(DeviceType.CUDA, index), precision, precision)
            : isAuto && fallbackToCpu ? OnCpu(precision)
            : throw new InvalidOperationException($"{problem} {(isAuto ? "Set MLContext.FallbackToCpu to use the CPU then, or MLContext.GpuDeviceId to null." : "Set Device to ComputeDevice.Cpu to use the CPU.")}");
    }

    /// <summary>Without libtorch, unless it takes 16-bit numbers.</summary>
    private static IEngine OnCpu(Precision precision) => precision is Precision.Auto or Precision.Float32 ? new CpuEngine() : TorchOnCpu(precision);

    [MethodImpl(MethodImplOptions.NoInlining)]
    [SuppressMessage("Performance", "CA1859", Justification = "A method that names the type in its signature would load TorchSharp in whoever calls it.")]
    private static IEngine TorchOnCpu(Precision precision) => new TorchEngine(device: null, precision, precision);

    private static string? FindProblem(int index)
    {
        if (LibTorch.Problem is { } problem)
            return $"CUDA device {index} was asked for. {problem}";
        if (!cuda.is_available())
            return $"CUDA device {index} was asked for, but this process has no CUDA: the application needs the package TorchSharp-cuda-linux or TorchSharp-cuda-windows, and a driver.";
        var count = cuda.device_count();
        return index >= 0 && index < count ? null : $"CUDA device {index} was asked for; this machine has {count}, numbered from 0.";
    }
}
