using System.Text.Json;

namespace Tlb.Core.Tests;

/// <summary>
/// The expected rates were computed by the schedulers of PyTorch 1.13, named at each test, read before each <c>optimizer.step()</c>;
/// peak 0.001. They agree to the precision of a float: 1e-7 of the rate, or of the peak where the rate is near 0.
/// </summary>
public sealed class LearningRateScheduleTests
{
    private const float Peak = 1e-3f;

    [Fact]
    public void The_default_is_constant() => AssertRates(new(), stepsPerEpoch: 2, epochs: 2, [1e-3, 1e-3, 1e-3, 1e-3]);

    [Fact]                                                                   // CosineAnnealingLR(T_max=10)
    public void Cosine_falls_to_nothing() => AssertRates(
        new() { Kind = LearningRateScheduleKind.Cosine },
        stepsPerEpoch: 5, epochs: 2,
        [
            0.001, 0.0009755282581475768, 0.0009045084971874736, 0.0007938926261462366, 0.0006545084971874737,
            0.0005, 0.00034549150281252633, 0.0002061073738537635, 9.549150281252634e-05, 2.4471741852423235e-05,
        ]);

    [Fact]                                                                   // CosineAnnealingLR(T_max=10, eta_min=0.0001)
    public void Cosine_falls_to_its_final_share() => AssertRates(
        new() { Kind = LearningRateScheduleKind.Cosine, FinalShare = 0.1 },
        stepsPerEpoch: 10, epochs: 1,
        [
            0.001, 0.0009779754323328191, 0.0009140576474687263, 0.000814503363531613, 0.0006890576474687264,
            0.00055, 0.00041094235253127373, 0.00028549663646838715, 0.00018594235253127373, 0.00012202456766718093,
        ]);

    [Fact]                                                                   // SequentialLR([LinearLR(1/4, 1, total_iters=3), CosineAnnealingLR(T_max=7)], milestones=[3])
    public void Cosine_begins_after_the_warm_up() => AssertRates(
        new() { Kind = LearningRateScheduleKind.Cosine, WarmupSteps = 3 },
        stepsPerEpoch: 5, epochs: 2,
        [
            0.00025, 0.0005, 0.00075, 0.001, 0.0009504844339512095,
            0.0008117449009293668, 0.0006112604669781572, 0.00038873953302184284, 0.00018825509907063325, 4.951556604879048e-05,
        ]);

    [Fact]                                                                   // LinearLR(1/4, 1, total_iters=3)
    public void Warm_up_takes_fractions_of_epochs() =>
        AssertRates(new() { WarmupEpochs = 1.5 }, stepsPerEpoch: 2, epochs: 3, [0.00025, 0.0005, 0.00075, 0.001, 0.001, 0.001]);

    [Fact]                                                                   // StepLR(step_size=2, gamma=0.1), stepped once an epoch
    public void Step_falls_every_few_epochs() => AssertRates(
        new() { Kind = LearningRateScheduleKind.Step, StepEpochs = 2, Gamma = 0.1 },
        stepsPerEpoch: 2, epochs: 5,
        [0.001, 0.001, 0.001, 0.001, 0.0001, 0.0001, 0.0001, 0.0001, 1e-05, 1e-05]);

    [Fact]                                                                   // ChainedScheduler([LinearLR(1/4, 1, total_iters=3), StepLR(step_size=4 steps, gamma=0.1)])
    public void Step_counts_epochs_from_the_first_warm_up_or_not() => AssertRates(
        new() { Kind = LearningRateScheduleKind.Step, StepEpochs = 2, Gamma = 0.1, WarmupSteps = 3 },
        stepsPerEpoch: 2, epochs: 5,
        [0.00025, 0.0005, 0.00075, 0.001, 0.0001, 0.0001, 0.0001, 0.0001, 1e-05, 1e-05]);

    // OneCycleLR(max_lr=0.001, total_steps=20, pct_start=0.3, div_factor=25, final_div_factor=1e4, cycle_momentum=False):
    // steps 0 to 5 with anneal_strategy='linear', from there with 'cos'.
    [Fact]
    public void OneCycle_rises_in_a_line_and_falls_along_a_cosine() => AssertRates(
        new() { Kind = LearningRateScheduleKind.OneCycle, FinalShare = 1 / (25 * 1e4) },
        stepsPerEpoch: 4, epochs: 5,
        [
            4e-05, 0.000232, 0.000424, 0.000616, 0.000808, 0.001,
            0.0009874640062350875, 0.0009504846320134736, 0.0008909161775710499, 0.000811745653949763, 0.0007169430017913008,
            0.0006112620219362892, 0.0005000019999999999, 0.00038874197806371076, 0.0002830609982086992, 0.00018825834605023698,
            0.00010908782242895002, 4.9519367986526286e-05, 1.2539993764912554e-05, 4e-09,
        ]);

    [Theory]                                                                 // PyTorch divides by zero where the rise ends at step 0
    [InlineData(10, 0.1)]
    [InlineData(1, 0.3)]
    [InlineData(3, 0)]
    [InlineData(2, 0.99)]
    public void OneCycle_has_finite_rates_in_runs_of_few_steps(int steps, double rising)
    {
        var schedule = new LearningRateSchedule { Kind = LearningRateScheduleKind.OneCycle, RisingShare = rising };
        Assert.All(Rates(schedule, steps, 1), rate => Assert.InRange(rate, 0, Peak));
        Assert.Equal(0, Rates(schedule, steps, 1)[^1]);
    }

    [Fact]
    public void A_run_within_its_warm_up_only_rises()
    {
        var rates = Rates(new() { Kind = LearningRateScheduleKind.Cosine, WarmupEpochs = 5 }, stepsPerEpoch: 10, epochs: 1);
        Assert.Equal(rates.Order(), rates);
        Assert.Equal(Peak * 10 / 51, rates[^1], 1e-7 * Peak);
    }

    [Theory]
    [InlineData(-1, 2, 2)]
    [InlineData(4, 2, 2)]
    [InlineData(0, 0, 2)]
    [InlineData(0, 2, 0)]
    public void A_step_outside_the_run_has_no_rate(int step, int stepsPerEpoch, int epochs) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new LearningRateSchedule().RateAt(Peak, step, stepsPerEpoch, epochs));

    [Fact]
    public void Steps_of_a_long_run_are_more_than_32_bits_count()
    {
        var schedule = new LearningRateSchedule { Kind = LearningRateScheduleKind.Cosine };
        Assert.Equal(Peak / 2, schedule.RateAt(Peak, 3_000_000_000, stepsPerEpoch: 3000, epochs: 2_000_000), precision: 6);
    }

    [Fact]
    public void All_problems_are_reported_together() => Assert.Equal(
        [
            "LearningRateSchedule.Kind is 9; expected one of Constant, Cosine, OneCycle, Step.",
            "LearningRateSchedule.WarmupEpochs is NaN; expected 0 to 1000000.",
            "LearningRateSchedule.WarmupSteps is -1; expected 0 or more.",
            "LearningRateSchedule.FinalShare is 1.5; expected 0 to 1.",
            "LearningRateSchedule.InitialShare is -0.5; expected 0 to 1.",
            "LearningRateSchedule.RisingShare is 1; expected 0 or more and less than 1.",
            "LearningRateSchedule.StepEpochs is 0; expected 1 or more.",
            "LearningRateSchedule.Gamma is 0; expected more than 0, up to 1.",
        ],
        new LearningRateSchedule
        {
            Kind = (LearningRateScheduleKind)9, WarmupEpochs = double.NaN, WarmupSteps = -1, FinalShare = 1.5, InitialShare = -0.5, RisingShare = 1,
            StepEpochs = 0, Gamma = 0,
        }.Validate());

    [Fact]
    public void Only_one_warm_up_can_be_set_and_none_with_OneCycle()
    {
        Assert.Empty(new LearningRateSchedule().Validate());
        Assert.Equal(
            ["LearningRateSchedule.WarmupSteps is 5; expected 0 where WarmupEpochs is set."],
            new LearningRateSchedule { WarmupEpochs = 1, WarmupSteps = 5 }.Validate());
        Assert.Equal(
            ["LearningRateSchedule.WarmupEpochs is 0.5; expected 0 with OneCycle, which rises for RisingShare of all steps."],
            new LearningRateSchedule { Kind = LearningRateScheduleKind.OneCycle, WarmupEpochs = 0.5 }.Validate());
        Assert.Equal(
            ["LearningRateSchedule.WarmupSteps is 5; expected 0 with OneCycle, which rises for RisingShare of all steps."],
            new LearningRateSchedule { Kind = LearningRateScheduleKind.OneCycle, WarmupSteps = 5 }.Validate());
    }

    [Fact]
    public void Json_names_the_kind_and_leaves_the_rest_at_its_defaults() => Assert.Equal(
        new LearningRateSchedule { Kind = LearningRateScheduleKind.OneCycle, FinalShare = 0.01 },
        JsonSerializer.Deserialize("""{ "kind": "oneCycle", "finalShare": 0.01 }""", OptionsJson.Default.LearningRateSchedule));

    private static float[] Rates(LearningRateSchedule schedule, int stepsPerEpoch, int epochs) =>
        [.. Enumerable.Range(0, stepsPerEpoch * epochs).Select(step => schedule.RateAt(Peak, step, stepsPerEpoch, epochs))];

    private static void AssertRates(LearningRateSchedule schedule, int stepsPerEpoch, int epochs, double[] expected)
    {
        Assert.Empty(schedule.Validate());
        var rates = Rates(schedule, stepsPerEpoch, epochs);
        Assert.Equal(expected.Length, rates.Length);
        Assert.All(expected.Zip(rates), pair => Assert.Equal(pair.First, pair.Second, 1e-7 * Peak));
    }
}
