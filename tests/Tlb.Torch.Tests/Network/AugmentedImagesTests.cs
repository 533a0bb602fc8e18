using Tlb.Tests;
using TorchSharp;
using static TorchSharp.torch;

namespace Tlb.Torch.Tests;

public sealed class AugmentedImagesTests
{
    private const int Size = 12;

    public static TheoryData<string> Layouts => [.. Augmentations.Layouts.Keys];

    [Theory]
    [MemberData(nameof(Layouts))]
    public void All_kinds_of_augmentations_are_those_of_the_plain_form(string layout)
    {
        using var scope = NewDisposeScope();
        for (var seed = 0; seed < 4; seed++)
        {
            var batch = Augmentations.RandomBatch(Augmentations.Layouts[layout], 40, seed).Wildly(Size, seed);
            var images = AugmentedImages.From(batch, Size, TestDevice.Device);
            Assert.Equal([40, Size, Size, 3], images.shape);
            Close.Absolute(batch.Rendered(Size), images.ToArray<float>(), 1e-5, layout); // sums of values up to 3, differently rounded
        }
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public void An_augmentation_that_does_nothing_is_the_plain_resize(string layout)
    {
        using var scope = NewDisposeScope();
        var batch = Augmentations.RandomBatch(Augmentations.Layouts[layout], 5, seed: 1);
        var expected = ImageTensors.From(batch, Size, TestDevice.Device).ToArray<float>();
        var augmentations = batch.Augment();
        for (var i = 0; i < batch.Count; i++)
            augmentations[i] = ImageAugmentation.None(batch.Layout, Size, i);
        // libtorch's resize weighs pixels in another order than one after the other, and multiplies and adds in one.
        Close.Absolute(expected, AugmentedImages.From(batch, Size, TestDevice.Device).ToArray<float>(), 2e-6, layout);
    }
}
