namespace Tlb.ML;

/// <summary>An image that a training will see: <see cref="TlbTrainer.Preview"/> gives it.</summary>
public sealed class PreviewedImage
{
    private readonly TrainingPreview _image;
    private readonly int _size;

    internal PreviewedImage(TrainingPreview image, int size, Func<int, string> nameOf)
    {
        (_image, _size, Label) = (image, size, nameOf(image.Label));
        MixedLabel = image.Share < 1 ? nameOf(image.MixedLabel) : null;
    }

    /// <summary>Its class: the name, or the key, from 1, where the label column names none.</summary>
    public string Label { get; }

    /// <summary>The class of the image that is mixed into it; null where none is (<see cref="AugmentationOptions.Mixup"/>, <see cref="AugmentationOptions.CutMix"/>).</summary>
    public string? MixedLabel { get; }

    /// <summary>Its own class's share of the label, 0 to 1; <see cref="MixedLabel"/> has the rest.</summary>
    public float Share => _image.Share;

    /// <summary>Makes a picture of the image as it is: resized to the network's image size, and not changed otherwise.</summary>
    /// <returns>The picture, the caller's to dispose. <see cref="MLImage.Save"/> writes it, as PNG for a path that ends in .png.</returns>
    public MLImage CreateOriginal() => MLImagePixels.ToImage(_image.Original, _size, _size);

    /// <summary>Makes a picture of the image as the network will see it: augmented, and mixed with another.</summary>
    /// <returns>The picture, the caller's to dispose.</returns>
    public MLImage CreatePicture() => MLImagePixels.ToImage(_image.Seen, _size, _size);
}
