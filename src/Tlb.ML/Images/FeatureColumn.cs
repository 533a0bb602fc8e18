using Microsoft.ML.Transforms.Image;

namespace Tlb.ML;

/// <summary>What a feature column may hold: images, or float vectors of a known size.</summary>
internal static class FeatureColumn
{
    private const string Expected = "an image column (DecodeImages or LoadImages, ResizeImages) or a float vector of a known size (ExtractPixels) with three colours";

    /// <summary>Finds a column of a schema.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is none of that name.</exception>
    public static DataViewSchema.Column Find(DataViewSchema schema, string role, string name) => schema.GetColumnOrNull(name)
        ?? throw new ArgumentOutOfRangeException(nameof(schema), $"Could not find the {role} column '{name}'. The columns are: {string.Join(", ", schema.Select(column => column.Name).Distinct())}.");

    /// <summary>Finds the feature column and checks its type.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is none, or its type is not a usable one.</exception>
    public static DataViewSchema.Column Check(DataViewSchema schema, string name)
    {
        var column = Find(schema, "feature", name);
        if (column.Type is not ImageDataViewType && (column.Type is not VectorDataViewType vector || VectorLayout(vector) is null))
            throw new ArgumentOutOfRangeException(nameof(schema), Mismatch(name, column.Type.ToString()!));
        return column;
    }

    /// <summary>The text of a type error.</summary>
    public static string Mismatch(string name, string found) => $"Schema mismatch for feature column '{name}': expected {Expected}, got {found}.";

    /// <summary>How a vector holds an image; null if it can't.</summary>
    /// <remarks>
    /// [3, H, W] is planar and [H, W, 3] is interleaved, as <c>ExtractPixels</c> says it of its output. A plain length is taken
    /// as planar, which is the default there, and square.
    /// </remarks>
    public static (int Height, int Width, bool IsPlanar)? VectorLayout(VectorDataViewType type)
    {
        if (type.ItemType.RawType != typeof(float) || !type.IsKnownSize)
            return null;
        var sizes = type.Dimensions;
        if (sizes.Length == 3 && sizes[0] == TlbConfig.Channels)
            return (sizes[1], sizes[2], true);
        if (sizes.Length == 3 && sizes[2] == TlbConfig.Channels)
            return (sizes[0], sizes[1], false);
        var side = (int)Math.Sqrt(type.Size / TlbConfig.Channels);
        return sizes.Length == 1 && side > 0 && side * side * TlbConfig.Channels == type.Size ? (side, side, true) : null;
    }
}
