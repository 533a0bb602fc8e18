namespace Tlb.Core;

/// <summary>
/// The learning rate by step: an optional warm-up, then what <see cref="Kind"/> says. The default is constant.
/// </summary>
/// <remarks>
/// <c>new LearningRateSchedule { Kind = LearningRateScheduleKind.Cosine, WarmupEpochs = 1 }</c>, or in JSON
/// <c>{ "kind": "cosine", "warmupEpochs": 1 }</c>. The peak is not part of it: it is the trainer's learning rate.
/// </remarks>
public sealed record LearningRateSchedule : ICheckedOptions
{
    /// <summary>How the rate goes on after the warm-up. Default <see cref="LearningRateScheduleKind.Constant"/>.</summary>
    public LearningRateScheduleKind Kind { get; set; }

    /// <summary>
    /// The length of the warm-up in epochs, 0 to 1,000,000, fractions allowed. With w steps of warm-up, step s of them (from 0) has
    /// the share (s + 1) / (w + 1) of the rate. A cosine begins after it; <see cref="StepEpochs"/> counts from the first epoch.
    /// A run that is no longer than its warm-up only rises. Not with <see cref="LearningRateScheduleKind.OneCycle"/>, which has its own rise. Default 0.
    /// </summary>
    public double WarmupEpochs { get; set; }

    /// <summary>The length of the warm-up in steps, 0 or more, in place of <see cref="WarmupEpochs"/>. Default 0.</summary>
    public int WarmupSteps { get; set; }

    /// <summary>Where a cosine or one-cycle schedule ends, as a share of the peak, 0 to 1 (Keras: <c>alpha</c>). Default 0.</summary>
    public double FinalShare { get; set; }

    /// <summary>Where a one-cycle schedule begins, as a share of the peak, 0 to 1 (PyTorch: 1 / <c>div_factor</c>). Default 0.04.</summary>
    public double InitialShare { get; set; } = 0.04;

    /// <summary>The share of all steps in which a one-cycle schedule rises, 0 to below 1 (PyTorch: <c>pct_start</c>). Default 0.3.</summary>
    public double RisingShare { get; set; } = 0.3;

    /// <summary>The epochs between two falls of a step schedule; 1 or more (PyTorch: <c>step_size</c>). Default 10.</summary>
    public int StepEpochs { get; set; } = 10;

    /// <summary>What a step schedule multiplies the rate with; above 0, up to 1. Default 0.1.</summary>
    public double Gamma { get; set; } = 0.1;

    /// <summary>The learning rate of one step.</summary>
    /// <param name="peak">The highest rate: the trainer's learning rate.</param>
    /// <param name="step">The step, counted from 0 over the whole run.</param>
    /// <param name="stepsPerEpoch">The steps of an epoch; 1 or more.</param>
    /// <param name="epochs">The epochs of the whole run; 1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">The run has no such step.</exception>
    public float RateAt(float peak, long step, int stepsPerEpoch, int epochs)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(stepsPerEpoch, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(epochs, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        var total = (long)stepsPerEpoch * epochs;
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(step, total);

        var warmup = WarmupSteps > 0 ? WarmupSteps : Math.Round(WarmupEpochs * stepsPerEpoch, MidpointRounding.AwayFromZero);
        var warmupShare = Math.Min(1, (step + 1) / (warmup + 1));
        return (float)(peak * Kind switch
        {
            LearningRateScheduleKind.Cosine => step < warmup ? warmupShare : HalfCosine((step - warmup) / (total - warmup)),
            LearningRateScheduleKind.OneCycle => OneCycle(step, total),
            LearningRateScheduleKind.Step => warmupShare * Math.Pow(Gamma, step / stepsPerEpoch / StepEpochs),
            _ => warmupShare,
        });
    }

    /// <summary>Checks all values at once.</summary>
    /// <returns>What is wrong, a sentence each.</returns>
    public IReadOnlyList<string> Validate() => OptionsCheck.Run(this);

    void ICheckedOptions.Check(OptionsCheck check)
    {
        const string noWarmup = "0 with OneCycle, which rises for RisingShare of all steps";
        var isOneCycle = Kind == LearningRateScheduleKind.OneCycle;
        check.Named(Kind);
        check.Between(WarmupEpochs, 0, 1_000_000);
        check.AtLeast(WarmupSteps, 0);
        check.That(!(WarmupEpochs > 0 && WarmupSteps > 0), WarmupSteps, "0 where WarmupEpochs is set");
        check.That(!(isOneCycle && WarmupEpochs > 0), WarmupEpochs, noWarmup);
        check.That(!(isOneCycle && WarmupSteps > 0), WarmupSteps, noWarmup);
        check.Share(FinalShare);
        check.Share(InitialShare);
        check.ShareBelowOne(RisingShare);
        check.AtLeast(StepEpochs, 1);
        check.ShareAboveZero(Gamma);
    }

    /// <summary>From 1 down to <see cref="FinalShare"/> while <paramref name="progress"/> goes from 0 to 1.</summary>
    private double HalfCosine(double progress) => FinalShare + (1 - FinalShare) * (1 + Math.Cos(Math.PI * progress)) / 2;

    private double OneCycle(long step, long total)
    {
        var top = RisingShare * total - 1;                                   // as PyTorch places it: often between two steps
        return step < top
            ? InitialShare + (1 - InitialShare) * step / top
            : HalfCosine((step - top) / (total - 1 - top));
    }
}
