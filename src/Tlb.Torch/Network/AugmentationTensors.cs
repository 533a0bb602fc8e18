using TorchSharp;
using static TorchSharp.torch;

namespace Tlb.Torch;

/// <summary>The augmentations of a batch on a device, brought there at once. Their tensors live in the dispose scope that they are made in.</summary>
internal sealed class AugmentationTensors
{
    private const int Columns = 33;

    private static readonly Scalar Zero = 0f.ToScalar();

    private readonly Tensor _values;                                         // [B, 33]

    public AugmentationTensors(ReadOnlySpan<ImageAugmentation> augmentations, Device device)
    {
        var values = new float[augmentations.Length * Columns];
        for (var i = 0; i < augmentations.Length; i++)
        {
            ref readonly var a = ref augmentations[i];
            var (map, color, erased, box) = (a.Sampling, a.Color, a.Erased, a.FromPartner);
            var (red, green, blue) = (color.Red, color.Green, color.Blue);
            var (keepsColor, hasPartner) = (color == ColorChange.None, a.Partner != i);
            ReadOnlySpan<float> row =
            [
                map.Xx, map.Xy, map.X0, map.Yx, map.Yy, map.Y0, a.ReflectEdges ? 1 : 0,                          // 0..6
                red.X, green.X, blue.X, red.Y, green.Y, blue.Y, red.Z, green.Z, blue.Z, red.W, green.W, blue.W,  // 7..18
                keepsColor ? float.NegativeInfinity : 0, keepsColor ? float.PositiveInfinity : 1,                // 19, 20
                erased.Left, erased.Top, erased.Right, erased.Bottom, a.EraseColor,                              // 21..25
                box.Left, box.Top, box.Right, box.Bottom, box.IsEmpty ? 0 : 1, hasPartner ? 1 - a.Share : 0, a.Partner, // 26..32
            ];
            row.CopyTo(values.AsSpan(i * Columns));
            AnyReflected |= a.ReflectEdges;
            AnyColor |= !keepsColor;
            AnyErased |= !erased.IsEmpty;
            AnyPartner |= hasPartner;
        }
        _values = new ReadOnlySpan<float>(values).ToTensor([augmentations.Length, Columns], ScalarType.Float32, device);
    }

    public bool AnyReflected { get; }

    public bool AnyColor { get; }

    public bool AnyErased { get; }

    public bool AnyPartner { get; }

    /// <summary>Whether edges are continued by the mirror image, [B, 1, 1].</summary>
    public Tensor Reflects => Column(6).gt(Zero);

    /// <summary>The weights of each old colour in each new one, [B, 3, 3].</summary>
    public Tensor ColorWeights => _values.narrow(1, 7, 9).reshape(-1, 3, 3);

    /// <summary>What is added to each new colour, [B, 1, 3].</summary>
    public Tensor ColorConstants => _values.narrow(1, 16, 3).unsqueeze(1);

    /// <summary>The bounds that colours are clipped to, [B, 1, 1].</summary>
    public Tensor LowestColor => Column(19);

    /// <inheritdoc cref="LowestColor"/>
    public Tensor HighestColor => Column(20);

    /// <summary>What is erased: left, top, right, bottom, [B, 1, 1] each.</summary>
    public Tensor[] Erased => [Column(21), Column(22), Column(23), Column(24)];

    /// <summary>The value of erased pixels, [B, 1, 1].</summary>
    public Tensor EraseColor => Column(25);

    /// <summary>What is taken from the partner: left, top, right, bottom, [B, 1, 1] each.</summary>
    public Tensor[] FromPartner => [Column(26), Column(27), Column(28), Column(29)];

    /// <summary>Whether a box is taken from the partner, or else all is blended, [B, 1, 1].</summary>
    public Tensor TakesBox => Column(30).gt(Zero);

    /// <summary>The partner's share where all is blended, [B, 1, 1].</summary>
    public Tensor PartnerShare => Column(31);

    /// <summary>The place of each image's partner, [B].</summary>
    public Tensor Partner => _values.select(1, 32).to(ScalarType.Int64);

    /// <summary>A number of the map from the network's image to the image: those of <see cref="Affine"/> in their order, [B, 1, 1].</summary>
    public Tensor Sampling(int index) => Column(index);

    private Tensor Column(int index) => _values.narrow(1, index, 1).unsqueeze(-1); // [B, 1, 1]
}
