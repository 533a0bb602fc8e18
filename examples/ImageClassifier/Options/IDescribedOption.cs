namespace Tlb.Examples.ImageClassifier;

/// <summary>What <c>--help</c> says of an option besides its description.</summary>
internal interface IDescribedOption
{
    /// <summary>The heading that it is listed under.</summary>
    string Heading { get; }

    /// <summary>The values that it may have, such as "0 to 1"; null where it takes any.</summary>
    string? Range { get; }

    /// <summary>The value, or what happens, where it is not given.</summary>
    string Default { get; }
}
