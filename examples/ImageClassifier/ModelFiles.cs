using Microsoft.ML;

namespace Tlb.Examples.ImageClassifier;

/// <summary>Writes files so that what is at the target path is always whole.</summary>
internal static class ModelFiles
{
    /// <summary>Checks early that a file can be written, and gives its full path.</summary>
    public static string CheckTarget(string path)
    {
        var target = Path.GetFullPath(path);
        if (Directory.Exists(target))
            throw new IOException($"'{target}' is a folder; expected the path of a file to write.");
        if (!Directory.Exists(Path.GetDirectoryName(target)))
            throw new DirectoryNotFoundException($"The folder '{Path.GetDirectoryName(target)}' doesn't exist.");
        return target;
    }

    /// <summary>Saves a model.</summary>
    public static void Save(MLContext ml, ITransformer model, DataViewSchema schema, string target) =>
        Write(target, unfinished => ml.Model.Save(model, schema, unfinished));

    /// <summary>Lets <paramref name="write"/> write a file beside the target, and moves it there when it is complete.</summary>
    public static void Write(string target, Action<string> write)
    {
        var unfinished = Path.ChangeExtension(target, $".part{Path.GetExtension(target)}"); // pictures are written as the extension says
        try
        {
            write(unfinished);
            File.Move(unfinished, target, overwrite: true);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }
}
