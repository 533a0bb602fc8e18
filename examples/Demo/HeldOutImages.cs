using Tlb.ML;

namespace Tlb.Examples.Demo;

/// <summary>Sets a tenth of a user's images aside, as two folders of links: the user's own folder stays as it is.</summary>
internal static class HeldOutImages
{
    private const int Tenth = 10;

    /// <summary>Makes the two folders anew.</summary>
    public static (string Training, string HeldOut) Split(string data, string target)
    {
        var images = ImageFolder.Read(data);
        if (Directory.Exists(target))
            Directory.Delete(target, recursive: true);
        var (training, heldOut) = (Path.Combine(target, "training"), Path.Combine(target, "held-out"));
        foreach (var label in images.GroupBy(image => image.Label))
            foreach (var (index, image) in label.Index())
                Link(Path.GetFullPath(image.ImagePath, Path.GetFullPath(data)), Path.Combine(index % Tenth == Tenth - 1 ? heldOut : training, image.ImagePath));
        return (training, heldOut);
    }

    private static void Link(string source, string target)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        try
        {
            File.CreateSymbolicLink(target, source);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)    // Windows lets not everyone make links
        {
            File.Copy(source, target);
        }
    }
}
