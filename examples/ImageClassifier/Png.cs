using Microsoft.ML.Data;

namespace Tlb.Examples.ImageClassifier;

/// <summary>Pictures in PNG.</summary>
internal static class Png
{
    /// <summary>The bytes of a file with a picture. <see cref="MLImage"/> only writes files.</summary>
    public static byte[] Encode(MLImage picture)
    {
        var file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.png");
        try
        {
            picture.Save(file);
            return File.ReadAllBytes(file);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
