namespace Tlb.ML;

/// <summary>Brings probabilities into the form of the computed columns.</summary>
internal static class RowScores
{
    /// <summary>Copies probabilities.</summary>
    public static void CopyTo(ReadOnlySpan<float> probabilities, ref VBuffer<float> score)
    {
        var editor = VBufferEditor.Create(ref score, probabilities.Length);
        probabilities.CopyTo(editor.Values);
        score = editor.Commit();
    }

    /// <summary>The key of the most probable class, from 1; 0 where the probabilities are NaN.</summary>
    public static uint PredictedLabel(ReadOnlySpan<float> probabilities)
    {
        var best = 0;
        for (var i = 1; i < probabilities.Length; i++)
            if (probabilities[i] > probabilities[best])
                best = i;
        return float.IsNaN(probabilities[best]) ? 0 : (uint)best + 1;
    }
}
