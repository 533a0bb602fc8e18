using Microsoft.ML.Runtime;

namespace Tlb.ML;

/// <summary>What a trainer needs of ML.NET's environment and can't reach publicly.</summary>
internal static class Environments
{
    /// <summary>The environment that a catalog belongs to.</summary>
    public static IHostEnvironment Of(MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog) => CatalogUtils.GetEnvironment(catalog);

    /// <summary>The environment that a catalog belongs to.</summary>
    public static IHostEnvironment Of(TransformsCatalog catalog) => CatalogUtils.GetEnvironment(catalog);

    /// <summary>The seed the context was made with; one from the environment's own random numbers where it was made without.</summary>
    public static int Seed(IHost host) => (host as IHostEnvironmentInternal)?.Seed ?? host.Rand.Next();

    /// <summary>What computes networks for a context.</summary>
    /// <param name="host">The context; its GPU settings decide where the device is <see cref="ComputeDevice.Auto"/>.</param>
    /// <param name="device">The device that was asked for.</param>
    /// <param name="precision">The precision that was asked for.</param>
    public static IEngine Engine(IHost host, ComputeDevice device, Precision precision) =>
        host is IHostEnvironmentInternal settings
            ? EngineChoice.For(device, precision, settings.GpuDeviceId, settings.FallbackToCpu)
            : EngineChoice.For(device, precision, gpuDeviceId: null, fallbackToCpu: true);

    /// <summary>An environment whose log nobody reads.</summary>
    public static IHost Silent(string name) => ((IHostEnvironment)new MLContext()).Register(name);

    /// <summary>Describes a trainer that wants images as they are, reads them once and can measure on a validation set.</summary>
    public static TrainerInfo TrainerInfo() => new(normalization: false, caching: false, supportValid: true);
}
