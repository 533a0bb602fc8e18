using static TorchSharp.torch;

namespace Tlb.Torch.Tests;

/// <summary>The device that the tests run on: the CPU, or what the variable TLB_TEST_DEVICE names, such as <c>cuda:0</c>.</summary>
internal static class TestDevice
{
    public static Device Device { get; } = device(Environment.GetEnvironmentVariable("TLB_TEST_DEVICE") ?? "cpu");

    public static TorchEngine Engine(Precision precision = Precision.Float32, Precision scoring = Precision.Float32) => new(Device, precision, scoring);

    /// <summary>Numbers on the device, [n].</summary>
    public static Tensor Of(ReadOnlySpan<float> values) => values.ToTensor([values.Length], ScalarType.Float32, Device);
}
