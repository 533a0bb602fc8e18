using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Tlb.Examples.ImageClassifier;

/// <summary>How well each class is told from the others, and which are taken for which, as tables that fit the terminal.</summary>
/// <remarks>Where the names are too long for it, the classes have numbers, and the names are listed beneath.</remarks>
internal static class ClassTables
{
    /// <summary>With more classes their pairs are too many to read.</summary>
    public const int MostClasses = 20;

    private const int Edge = 3;                                              // what a column takes beside its text

    /// <summary>Prints them.</summary>
    public static void Write(Evaluation evaluation)
    {
        string[] numbers = [.. evaluation.ClassNames.Select((_, i) => Number(i + 1))];
        var hasNumbers = WriteClasses(evaluation, numbers);
        if (evaluation.ClassNames.Count <= MostClasses)
            hasNumbers |= WritePairs(evaluation, numbers);
        if (hasNumbers)
            for (var i = 0; i < numbers.Length; i++)
                Console.WriteLine($"{numbers[i].PadLeft(numbers[^1].Length)}  {evaluation.ClassNames[i]}");
        if (evaluation.ClassNames.Count > MostClasses)
            Console.WriteLine($"Which of the {evaluation.ClassNames.Count} classes are taken for which: evaluate --confusion FILE.svg (or .png) draws it.");
    }

    /// <summary>Prints a line for each class.</summary>
    /// <returns>Whether the classes have numbers in it.</returns>
    private static bool WriteClasses(Evaluation evaluation, string[] numbers)
    {
        const int Widest = 9;                                                // the name of a column, or 100.0 %
        string[] columns = ["images", "precision", "recall", "F1"];
        var hasNumbers = 1 + Edge + evaluation.ClassNames.Max(name => name.Split(' ').Max(Cells)) + columns.Length * (Edge + Widest) > AnsiConsole.Profile.Width;
        var table = new Table().AddColumn(hasNumbers ? new TableColumn("class").NoWrap() : new TableColumn("class")).AddColumns([.. columns.Select(Numbers)]);
        foreach (var (i, each) in evaluation.Classes.Index())
            table.AddRow(hasNumbers ? numbers[i] : Markup.Escape(each.Name), Number(each.Images), EvaluationText.Share(each.Precision), EvaluationText.Share(each.Recall), EvaluationText.Share(each.F1));
        AnsiConsole.Write(table);
        return hasNumbers;
    }

    /// <summary>Prints how many images of each class were taken for each: in several tables, where there are too many columns for one.</summary>
    /// <returns>Whether the classes have numbers in it.</returns>
    private static bool WritePairs(Evaluation evaluation, string[] numbers)
    {
        Console.WriteLine("Of the class on the left, so many were taken for that above:");
        var (names, counts) = (evaluation.ClassNames, evaluation.Counts);
        var all = Enumerable.Range(0, names.Count).ToList();
        var widths = all.ConvertAll(column => counts.Max(row => Cells(Number(row[column]))));
        if (1 + Edge + names.Max(Cells) + all.Sum(i => Edge + Math.Max(Cells(names[i]), widths[i])) <= AnsiConsole.Profile.Width)
        {
            WriteTable(all, names);
            return false;
        }
        var first = Edge + numbers[^1].Length;
        foreach (var columns in all.Chunk(Math.Max(1, (AnsiConsole.Profile.Width - 1 - first) / Math.Max(first, Edge + widths.Max()))))
            WriteTable(columns, numbers);
        return true;

        void WriteTable(IEnumerable<int> columns, IReadOnlyList<string> heads)
        {
            var table = new Table().AddColumn(new TableColumn("").NoWrap()).AddColumns([.. columns.Select(i => Numbers(heads[i]))]);
            foreach (var row in all)
                table.AddRow([Markup.Escape(heads[row]), .. columns.Select(i => Number(counts[row][i]))]);
            AnsiConsole.Write(table);
        }
    }

    private static TableColumn Numbers(string name) => new TableColumn(Markup.Escape(name)).RightAligned().NoWrap();

    private static int Cells(string text) => new Segment(text).CellCount();

    private static string Number(double count) => count.ToString("F0", CultureInfo.InvariantCulture);
}
