namespace Tlb.ML;

/// <summary>The computed columns of the current row.</summary>
internal interface IRowScores
{
    /// <summary>Gives the probability of each class.</summary>
    void GetScore(ref VBuffer<float> score);

    /// <summary>Gives the key of the most probable class, from 1; 0 where there is none.</summary>
    void GetPredictedLabel(ref uint label);
}
