using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Tlb.Torch.Tests;

/// <summary>What only a real CUDA device shows.</summary>
public sealed class CudaTests
{
    private static readonly TlbConfig Config = WithDropout(TlbConfig.KerasExample);

    /// <summary>libtorch itself throws where it waits (PyTorch: <c>torch.cuda.set_sync_debug_mode("error")</c>).</summary>
    [CudaFact]
    public void A_step_does_not_wait_for_the_device()
    {
        foreach (var config in new[] { Config, WithDropout(TlbConfig.Base), WithDropout(PaperNetworks.OfConvolutions) })
            CheckNothingWaits(config);
    }

    private static void CheckNothingWaits(TlbConfig config)
    {
        var (batch, augmented) = (Batch(config, 16), Batch(config, 16));
        foreach (ref var augmentation in augmented.Augment())
            augmentation = ImageAugmentation.None(augmented.Layout, config.ImageSize, 0);
        foreach (var precision in new[] { Precision.Float32, Precision.TensorFloat32, Precision.BFloat16, Precision.Float16 })
        {
            using var session = TestDevice.Engine(precision).StartTraining(
                NetworkWeights.Initialize(config, 1), new() { WeightDecay = 0.01f, GradientClipNorm = 1, AverageDecay = 0.9f, LabelSmoothing = 0.1f, MicroBatchSize = 8 });
            session.RunStep(batch, 1e-3f);                                   // what is loaded and reserved at first
            using (Waiting.IsAnError())
            {
                for (var step = 0; step < 3; step++)
                {
                    session.RunStep(batch, 1e-3f);
                    session.RunStep(augmented, 1e-3f);
                }
                Assert.ThrowsAny<Exception>(() => session.ReadMetrics());    // whoever reads waits
            }
            Assert.Equal(7 * 16, session.ReadMetrics().Count);
        }
    }

    [CudaFact]
    public void The_device_s_own_generator_is_left_alone()
    {
        using var scope = NewDisposeScope();
        cuda.manual_seed(5);
        var expected = rand(16, device: TestDevice.Device).ToArray<float>();
        cuda.manual_seed(5);
        using (var session = TestDevice.Engine().StartTraining(NetworkWeights.Initialize(Config, 1), new()))
            session.RunStep(Batch(Config, 8), 1e-3f);
        Assert.Equal(expected, rand(16, device: TestDevice.Device).ToArray<float>());
    }

    [CudaFact]
    public void The_current_context_is_left_alone()
    {
        using (CudaDriver.MakeCurrent(TestDevice.Device.index))
        {
            using var scope = NewDisposeScope();
            ones(4, device: TestDevice.Device).ToArray<float>();
        }
        Assert.NotNull(CudaDriver.ComputeCapability(TestDevice.Device.index));
    }

    [CudaFact]
    public void The_devices_loss_goes_down_as_the_hosts()
    {
        var (host, device) = (Losses(new TorchEngine(CPU)), Losses(TestDevice.Engine()));
        Assert.True(host[^1] < host[0] / 2, $"loss {host[0]} became {host[^1]}");
        Assert.All(host.Zip(device), pair => Assert.Equal(pair.First, pair.Second, 1e-3));   // sums in another order, amplified over 40 steps

        static List<double> Losses(IEngine engine)
        {
            using var session = engine.StartTraining(NetworkWeights.Initialize(TlbConfig.Tiny, 1), new() { WeightDecay = 0.01f });
            var (losses, batch) = (new List<double>(), new ImageBatch(new() { Height = 8, Width = 8 }, 16));
            var random = new Random(1);
            for (var i = 0; i < batch.Capacity; i++)
                random.NextBytes(batch.Add(i % 10));
            for (var step = 0; step < 40; step++)
            {
                session.ResetMetrics();
                session.RunStep(batch, 0.005f);
                losses.Add(session.ReadMetrics().Loss);
            }
            return losses;
        }
    }

    private static TlbConfig WithDropout(TlbConfig config) => config with { AttentionDropout = 0.2f, FeedForwardDropout = 0.2f };

    private static ImageBatch Batch(TlbConfig config, int count)
    {
        var batch = new ImageBatch(new() { Height = config.ImageSize, Width = config.ImageSize }, count);
        var random = new Random(count);
        for (var i = 0; i < count; i++)
            random.NextBytes(batch.Add(i % config.NumberOfClasses));
        return batch;
    }

    /// <summary>libtorch's setting of what happens where the host waits.</summary>
    private readonly struct Waiting : IDisposable
    {
        private const string Setting = "_ZZN3c104cuda13warning_stateEvE14warning_state_";
        private const int Error = 2;

        public static Waiting IsAnError()
        {
            Set(Error);
            return default;
        }

        public void Dispose() => Set(0);

        private static void Set(int mode) =>
            Marshal.WriteInt32(NativeLibrary.GetExport(NativeLibrary.Load(OperatingSystem.IsWindows() ? "c10_cuda.dll" : "libc10_cuda.so"), Setting), mode);
    }
}
