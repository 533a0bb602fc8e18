namespace Tlb.ML;

/// <summary>An image file of a folder: a row for <c>mlContext.Data.LoadFromEnumerable</c>.</summary>
public sealed class ImageFile
{
    /// <summary>The class: the name of the sub-folder that holds the file. Empty for a file directly in the folder.</summary>
    public string Label { get; set; } = "";

    /// <summary>The file's path, relative to the folder that was read, with forward slashes.</summary>
    public string ImagePath { get; set; } = "";
}
