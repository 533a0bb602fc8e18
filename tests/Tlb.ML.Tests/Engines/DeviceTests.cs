namespace Tlb.ML.Tests;

public sealed class DeviceTests
{
    [Theory]
    [InlineData("auto", "auto", null)]
    [InlineData("CPU", "cpu", null)]
    [InlineData("cuda", "cuda:0", 0)]
    [InlineData(" Cuda:3 ", "cuda:3", 3)]
    public void A_device_is_read_and_written_as_text(string text, string written, int? index)
    {
        var device = ComputeDevice.Parse(text);
        Assert.Equal((written, index, written == "auto"), (device.ToString(), device.CudaIndex, device.IsAuto));
    }

    [Theory]
    [InlineData("gpu")]
    [InlineData("cuda:")]
    [InlineData("cuda:-1")]
    public void What_is_no_device_is_refused(string text) =>
        Assert.Equal($"'{text}' is no device; expected auto, cpu, cuda or cuda:N.", Assert.Throws<FormatException>(() => ComputeDevice.Parse(text)).Message);

    [Fact]
    public void The_cuda_device_that_was_asked_for_is_the_one_that_is_missed()
    {
        if (TorchSharp.torch.cuda.is_available())
            return;                                                          // what is used there is checked where there is a device
        var error = Assert.Throws<InvalidOperationException>(() => EngineChoice.For(ComputeDevice.Cuda(3), Precision.Auto, gpuDeviceId: 1, fallbackToCpu: true));
        Assert.StartsWith("CUDA device 3 was asked for, but this process has no CUDA: the application needs the package TorchSharp-cuda-linux or TorchSharp-cuda-windows", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<InvalidOperationException>(() => EngineChoice.For(ComputeDevice.Auto, Precision.Auto, gpuDeviceId: 1, fallbackToCpu: false));
        Assert.StartsWith("CUDA device 1 was asked for", error.Message, StringComparison.Ordinal);
        Assert.StartsWith("vector kernels", EngineChoice.For(ComputeDevice.Auto, Precision.Auto, gpuDeviceId: 1, fallbackToCpu: true).Description, StringComparison.Ordinal);
        Assert.StartsWith("vector kernels", EngineChoice.For(ComputeDevice.Cpu, Precision.Auto, gpuDeviceId: 1, fallbackToCpu: false).Description, StringComparison.Ordinal);
    }

    [Fact]
    public void TorchSharp_does_not_train_with_other_processes()
    {
        var ml = new MLContext(seed: 1);
        var options = TestImages.Options;
        (options.Distributed, options.Precision) = (true, Precision.BFloat16);
        var error = Assert.Throws<NotSupportedException>(() => TestImages.Pipeline(ml, options).Fit(ml.Data.LoadFromEnumerable(TestImages.Rows(6))));
        Assert.StartsWith("Distributed is set, and the network would be computed by TorchSharp", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sixteen_bits_on_the_cpu_take_TorchSharp_or_are_refused()
    {
        Assert.Contains("BFloat16", EngineChoice.For(ComputeDevice.Cpu, Precision.BFloat16, null, true).Description, StringComparison.Ordinal);
        Assert.Throws<NotSupportedException>(() => EngineChoice.For(ComputeDevice.Cpu, Precision.Float16, null, true));
    }
}
