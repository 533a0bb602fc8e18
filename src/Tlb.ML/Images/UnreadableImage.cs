namespace Tlb.ML;

/// <summary>What is said of an image that a row can't give.</summary>
internal static class UnreadableImage
{
    /// <summary>What is wrong with an image that only decoding finds fault with.</summary>
    public const string Undecodable = "its content is damaged, or of a format that can't be decoded.";

    /// <summary>What a stage before ours threw, in words that say what is wrong.</summary>
    public static string Problem(Exception error) => $"the image can't be read: {Cause(error)}";

    /// <summary>The error that ends a pass over the rows.</summary>
    public static InvalidDataException ToException(BadImage image, Exception? cause = null)
    {
        var error = new InvalidDataException(image.ToString(), cause);
        error.Data[typeof(BadImage)] = image;
        return error;
    }

    /// <summary>What such an error is about.</summary>
    public static BadImage Of(InvalidDataException error) => (BadImage)error.Data[typeof(BadImage)]!;

    // MLImage says "Invalid input stream contents (Parameter 'imageStream')" of a file that its decoder can't make anything of.
    private static string Cause(Exception error) => error is ArgumentException { ParamName: "imageStream" or "imagePath" }
        ? Undecodable
        : error.Message;
}
