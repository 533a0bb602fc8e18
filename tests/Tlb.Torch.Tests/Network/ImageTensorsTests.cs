using Tlb.Tests;
using TorchSharp;
using static TorchSharp.torch;

namespace Tlb.Torch.Tests;

public sealed class ImageTensorsTests
{
    private readonly Safetensors _golden = Golden.Read("preprocess");

    [Theory]
    [InlineData(32, "out.rescaled", 0)]                                      // the same float32 product, to the bit
    [InlineData(48, "out.resize48", 2e-7)]
    [InlineData(52, "out.resize52", 2e-7)]
    public void Scaling_and_resizing_are_Kerass(int size, string expected, double tolerance)
    {
        using var scope = NewDisposeScope();
        var batch = new ImageBatch(new() { Height = 32, Width = 32 }, capacity: 4);
        var pixels = _golden.Tensors["in.uint8"].Bytes.Span;
        for (var i = 0; i < 4; i++)
            pixels.Slice(i * batch.Layout.ByteCount, batch.Layout.ByteCount).CopyTo(batch.Add());
        var images = ImageTensors.From(batch, size, TestDevice.Device);
        Assert.Equal([4, size, size, 3], images.shape);
        Close.Absolute(_golden.Values(expected), images.ToArray<float>(), tolerance);
    }

    [Fact]
    public void Offset_and_scale_of_the_layout_are_applied()
    {
        using var scope = NewDisposeScope();
        var batch = new ImageBatch(new() { Height = 1, Width = 1, PixelType = PixelType.Single, Offset = 2, Scale = 10 }, capacity: 1);
        System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>([1, 2, 3]).CopyTo(batch.Add());
        Assert.Equal([-10f, 0, 10], ImageTensors.From(batch, 1, TestDevice.Device).ToArray<float>());
    }
}
