namespace Tlb.Examples.ImageClassifier;

/// <summary>Whether probabilities are what they say: of images predicted with 80 %, are 80 % right?</summary>
internal sealed class Calibration
{
    /// <summary>The bins from 0 to 1, all of one width: as many as Guo et al. (2017) take.</summary>
    public const int BinCount = 15;

    private readonly int[] _images = new int[BinCount];
    private readonly int[] _right = new int[BinCount];
    private readonly double[] _confidence = new double[BinCount];

    /// <summary>The bins, in rising order.</summary>
    public IReadOnlyList<CalibrationBin> Bins =>
        [.. Enumerable.Range(0, BinCount).Select(i => new CalibrationBin((double)i / BinCount, (i + 1.0) / BinCount, _images[i], _confidence[i] / _images[i], (double)_right[i] / _images[i]))];

    /// <summary>The expected calibration error: how far confidence and accuracy of a bin are apart, in the mean of all images.</summary>
    public double Error => Enumerable.Range(0, BinCount).Sum(i => Math.Abs(_confidence[i] - _right[i])) / _images.Sum();

    /// <summary>Adds an image.</summary>
    /// <param name="confidence">The probability of its predicted class.</param>
    /// <param name="isRight">Whether that is its own.</param>
    public void Add(float confidence, bool isRight)
    {
        var bin = Math.Clamp((int)(confidence * BinCount), 0, BinCount - 1);
        _images[bin]++;
        _right[bin] += isRight ? 1 : 0;
        _confidence[bin] += confidence;
    }
}
