using static TorchSharp.torch;

namespace Tlb.Torch.Tests;

/// <summary>A test that runs where the tests run on a CUDA device, and is skipped elsewhere.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class CudaFactAttribute : FactAttribute
{
    public CudaFactAttribute()
    {
        if (TestDevice.Device.type != TorchSharp.DeviceType.CUDA)
            Skip = "Set TLB_TEST_DEVICE to a CUDA device, such as cuda:0.";
    }
}
