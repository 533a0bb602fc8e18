namespace Tlb.Examples.ImageClassifier;

/// <summary>A cell of a table: a text, or a number in a column of numbers.</summary>
internal readonly record struct Cell(string Text, float Number)
{
    /// <summary>A text.</summary>
    public static implicit operator Cell(string text) => new(text, 0);

    /// <summary>A number.</summary>
    public static implicit operator Cell(float number) => new("", number);
}
