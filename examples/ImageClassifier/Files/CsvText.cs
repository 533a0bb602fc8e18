namespace Tlb.Examples.ImageClassifier;

/// <summary>Texts as cells of a CSV file.</summary>
internal static class CsvText
{
    /// <summary>What a spreadsheet takes for a formula where a cell begins with it (OWASP, "CSV Injection").</summary>
    private const string FormulaStarts = "=+-@\t\r\n＝＋－＠";

    /// <summary>
    /// A text as a cell: in quotation marks where it must be. One that begins like a formula gets an apostrophe before it, so that whoever
    /// opens the file runs nothing that somebody has named a folder.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="isRaw">Whether it is to stay as it is, for a program that reads it.</param>
    public static string Cell(string text, bool isRaw)
    {
        if (!isRaw && text.Length > 0 && FormulaStarts.Contains(text[0], StringComparison.Ordinal))
            text = $"'{text}";
        return text.AsSpan().IndexOfAny(",\"\r\n\t") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
