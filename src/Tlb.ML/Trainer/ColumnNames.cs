namespace Tlb.ML;

/// <summary>ML.NET's usual names for a trainer's columns.</summary>
internal static class ColumnNames
{
    public const string Label = "Label";
    public const string Features = "Features";
    public const string Score = "Score";
    public const string PredictedLabel = "PredictedLabel";
}
