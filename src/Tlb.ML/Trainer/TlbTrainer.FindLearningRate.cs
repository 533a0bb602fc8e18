using System.Globalization;

namespace Tlb.ML;

public sealed partial class TlbTrainer
{
    /// <summary>
    /// Helps to choose <see cref="TrainingOptions.LearningRate"/>: a short training run that raises the rate from step to step
    /// (the range test of Smith, 2017, arXiv 1506.01186; fastai: <c>lr_find</c>). It makes no model, and the rate of the options stays as it is.
    /// </summary>
    /// <param name="input">The images and their labels, as for <see cref="Fit"/>.</param>
    /// <param name="lowest">The rate of the first step, above 0. Default 1e-6.</param>
    /// <param name="highest">The rate of the last step, above <paramref name="lowest"/>. Default 1.</param>
    /// <param name="stepCount">The steps, a batch each; 2 or more. Default 100.</param>
    /// <returns>The losses by rate, and a suggestion.</returns>
    /// <exception cref="ArgumentException">An option is out of range (the message lists all that are).</exception>
    /// <exception cref="ArgumentOutOfRangeException">The rates, the steps or a column can't be used.</exception>
    /// <exception cref="InvalidDataException">There are no images, images of several sizes or of one class only, or an image can't be read.</exception>
    /// <exception cref="OperationCanceledException">The options' cancellation token was set.</exception>
    /// <exception cref="ArithmeticException">The loss is no finite number at the lowest rate already.</exception>
    public LearningRateCurve FindLearningRate(
        IDataView input, float lowest = LearningRateCurve.Defaults.Lowest, float highest = LearningRateCurve.Defaults.Highest, int stepCount = LearningRateCurve.Defaults.StepCount)
    {
        ArgumentNullException.ThrowIfNull(input);
        CheckOptions(_options);
        using var channel = _host.Start("Learning rate finder");
        var engine = Environments.Engine(_host, _options.Device, _options.Precision);
        var finder = new LearningRateFinder(engine, _options, lowest, highest, stepCount);
        var (initial, images, _) = ReadToTrain(input, engine, channel, _options.CancellationToken);
        var curve = finder.Find(initial, HoldOut(images).Training, _seed);
        Say(channel, $"Learning rates from {lowest:G3} to {curve.Points[^1].LearningRate:G3} were tried in {curve.Points.Count} steps; suggested: {curve.Suggested?.ToString("G2", CultureInfo.InvariantCulture) ?? "none, as the loss never fell"}.");
        return curve;
    }
}
