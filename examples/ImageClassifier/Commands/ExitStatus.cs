namespace Tlb.Examples.ImageClassifier;

/// <summary>What a process ends with.</summary>
internal static class ExitStatus
{
    /// <summary>All is done.</summary>
    public const int Done = 0;

    /// <summary>There was an error.</summary>
    public const int Error = 1;

    /// <summary>All is done but for images that can't be read, which are listed where it was asked for.</summary>
    public const int BadImagesListed = 3;
}
