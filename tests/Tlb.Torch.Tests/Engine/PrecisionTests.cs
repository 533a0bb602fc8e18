using Tlb.Tests;
using TorchSharp;
using static TorchSharp.torch;

namespace Tlb.Torch.Tests;

/// <summary>Mixed precision: on the CPU the same tensors and steps as on CUDA.</summary>
public sealed class PrecisionTests
{
    private static readonly SessionOptions Options = new() { WeightDecay = 0.01f, Seed = 1, AverageDecay = 0.9f };

    [Fact]
    public void Float16_on_the_CPU_is_refused()
    {
        var error = Assert.Throws<NotSupportedException>(() => new TorchEngine(CPU, Precision.Float16));
        Assert.Equal("Precision.Float16 is for CUDA devices, and this is the CPU: choose Precision.Float32 there (Precision.Auto does), or Precision.BFloat16.", error.Message);
        Assert.Throws<NotSupportedException>(() => new TorchEngine(CPU, scoringPrecision: Precision.Float16));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TorchEngine(CPU, (Precision)9));
    }

    [Fact]
    public void Auto_takes_what_the_device_has()
    {
        Assert.Equal("TorchSharp on cpu, training in Float32, scoring in Float32", new TorchEngine(CPU).Description);
        Assert.Equal(ScalarType.BFloat16, ComputeType.ForCuda(8));
        Assert.Equal(ScalarType.Float16, ComputeType.ForCuda(7));
        Assert.Equal(ScalarType.Float16, ComputeType.ForCuda(null));
        Assert.Null(CudaDriver.ComputeCapability(100_000));                  // no machine has so many
        if (cuda.is_available())
            Assert.NotNull(CudaDriver.ComputeCapability(0));
    }

    /// <summary>
    /// A number in BFloat16 errs by up to 2^-9. The larger network rounds its tokens some 360 times on the way (17 chunks, 10 half
    /// blocks, two roundings each), at random: the square root of that is 19, so a logit of size 1 errs by 4 %, and a probability of
    /// a half by half as much.
    /// </summary>
    [Theory]
    [InlineData("a")]
    [InlineData("b")]
    public void BFloat16_scores_are_beside_Kerass(string name)
    {
        var golden = Golden.Read($"golden_{name}");
        var config = Golden.Config(name);
        using var scorer = TestDevice.Engine(scoring: Precision.BFloat16).CreateScorer(golden.Weights(config, "w."));
        var layout = new ImageLayout { Height = config.ImageSize, Width = config.ImageSize, PixelType = PixelType.Single, Scale = 1 };
        var images = golden.Values("in.images");
        var batch = new ImageBatch(layout, images.Length / layout.ValueCount);
        for (var i = 0; i < batch.Capacity; i++)
            System.Runtime.InteropServices.MemoryMarshal.AsBytes(images.AsSpan(i * layout.ValueCount, layout.ValueCount)).CopyTo(batch.Add());
        var expected = golden.Values("out.probs");
        var probabilities = new float[expected.Length];
        scorer.Score(batch, probabilities);
        Close.Absolute(expected, probabilities, 0.02);
        Assert.True(expected.Zip(probabilities).Max(pair => Math.Abs(pair.First - pair.Second)) > 1e-5, "computed in more than 16 bits");
        for (var i = 0; i < batch.Count; i++)                                // the softmax is float32's: it sums to 1 more closely than 16 bits can
            Assert.Equal(1, probabilities.AsSpan(i * 10, 10).ToArray().Sum(), 1e-6f);
    }

    /// <summary>
    /// A pass rounds its tokens some times (24: 2 chunks, 6 half blocks, two roundings each; 45 and 68: 2 and 3 chunks, 10 half blocks, two
    /// each, and what lies before and after), at random: that adds up to the square root, times the unit of the type. Of the largest loss,
    /// as far as a learning rate and steps small enough for it let it add up.
    /// </summary>
    [Theory]
    [InlineData(nameof(TlbConfig.Tiny), 24, ScalarType.BFloat16, 0.003f, 100, 1.0 / 512)]
    [InlineData(nameof(TlbConfig.Tiny), 24, ScalarType.Float16, 0.003f, 20, 1.0 / 4096)]
    [InlineData(nameof(PaperNetworks.OfPatches), 45, ScalarType.BFloat16, 0.001f, 20, 1.0 / 512)]
    [InlineData(nameof(PaperNetworks.OfPatches), 45, ScalarType.Float16, 0.001f, 20, 1.0 / 4096)]
    [InlineData(nameof(PaperNetworks.OfConvolutions), 68, ScalarType.BFloat16, 0.003f, 20, 1.0 / 512)]
    [InlineData(nameof(PaperNetworks.OfConvolutions), 68, ScalarType.Float16, 0.003f, 20, 1.0 / 4096)]
    public void Losses_in_16_bits_stay_beside_those_in_32(string network, int roundings, ScalarType type, float learningRate, int steps, double unit)
    {
        var config = PaperNetworks.Named(network);
        var expected = Losses(config, ScalarType.Float32, learningRate, steps);
        var losses = Losses(config, type, learningRate, steps);
        Assert.NotEqual(expected, losses);
        var tolerance = Math.Sqrt(roundings) * unit * expected[0];
        Assert.True(losses[^1] < losses[0] - 3 * tolerance, $"loss {losses[0]} became {losses[^1]}");
        for (var step = 0; step < steps; step++)
            Assert.Equal(expected[step], losses[step], tolerance);
    }

    /// <summary>
    /// The same of scoring and explaining in the paper's form, with weights as they start: probabilities are near a tenth, and a logit of size
    /// 1 errs by less than 16 roundings of 2^-9, were all of them one way.
    /// </summary>
    [Theory]
    [InlineData(nameof(PaperNetworks.OfPatches))]
    [InlineData(nameof(PaperNetworks.OfConvolutions))]
    public void BFloat16_scores_and_maps_of_the_papers_form_are_beside_those_in_32(string network)
    {
        var config = PaperNetworks.Named(network);
        var (expected, expectedMaps) = Explain(Precision.Float32);
        var (probabilities, maps) = Explain(Precision.BFloat16);
        Close.Absolute(expected, probabilities, 0.1 * 16 / 512);
        Close.Absolute(expectedMaps, maps, 16.0 / 512);
        Assert.True(expected.Zip(probabilities).Max(pair => Math.Abs(pair.First - pair.Second)) > 1e-5, "computed in more than 16 bits");
        for (var i = 0; i < 16; i++)
            Assert.Equal(1, probabilities.AsSpan(i * 10, 10).ToArray().Sum(), 1e-6f); // the softmax is float32's

        (float[] Probabilities, float[] Maps) Explain(Precision precision)
        {
            using var scorer = TestDevice.Engine(scoring: precision).CreateScorer(NetworkWeights.Initialize(config, 1));
            var (scores, attention) = (new float[16 * 10], new float[16 * config.TokenCount]);
            scorer.Explain(Batch(config), scores, attention);
            return (scores, attention);
        }
    }

    /// <summary>What a type computes is told by its bits: those of a session made for it.</summary>
    [Fact]
    public void An_engine_trains_in_its_precision()
    {
        var (single, half) = (AfterAStep(Of(ScalarType.Float32)), AfterAStep(Of(ScalarType.BFloat16)));
        Assert.NotEqual(single.Loss, half.Loss);
        Assert.NotEqual(single.Weights, half.Weights);
        Check(TestDevice.Device.type == DeviceType.CPU ? single : half, Precision.Auto);
        Check(single, Precision.Float32);
        Check(half, Precision.BFloat16);
        // Whatever its scorers compute in.
        Check(single, Precision.Float32, Precision.BFloat16);
        Check(half, Precision.BFloat16, Precision.Float32);

        static void Check((double Loss, float[] Weights) expected, Precision precision, Precision scoring = Precision.Auto)
        {
            var (loss, weights) = AfterAStep(new TorchEngine(TestDevice.Device, precision, scoring).StartTraining(NetworkWeights.Initialize(TlbConfig.Tiny, 1), new()));
            Assert.Equal(expected.Loss, loss);
            Assert.Equal(expected.Weights, weights);
        }

        static ITrainingSession Of(ScalarType type) => new TorchTrainingSession(NetworkWeights.Initialize(TlbConfig.Tiny, 1), new(), TestDevice.Device, new(type));

        static (double Loss, float[] Weights) AfterAStep(ITrainingSession session)
        {
            using (session)
            {
                session.RunStep(Batch(TlbConfig.Tiny), 0.01f);
                return (session.ReadMetrics().Loss, session.SaveState().Weights);
            }
        }
    }

    [Fact]
    public void Weights_keep_changes_too_small_for_16_bits()
    {
        var config = TlbConfig.Tiny;
        var initial = NetworkWeights.Initialize(config, 1);
        var trained = new NetworkWeights(config);
        using var session = TestDevice.Engine(Precision.BFloat16).StartTraining(initial, new());
        session.RunStep(Batch(config), learningRate: 1e-6f);
        session.CopyWeightsTo(trained);
        var kernel = initial.Layout["head.kernel"];
        foreach (var (before, after) in initial.Of(kernel).ToArray().Zip(trained.Of(kernel).ToArray()))
            Assert.InRange(Math.Abs(after - before), 0.5e-6, 1.5e-6);        // Adam's first step is the learning rate; 16 bits of 0.1 differ by 5e-4
    }

    /// <summary>A scale so large that gradients overflow: the step is left out, the scale halved, and training goes on.</summary>
    [Fact]
    public void A_step_whose_gradient_overflows_changes_nothing_but_the_scale()
    {
        using var session = new TorchTrainingSession(NetworkWeights.Initialize(TlbConfig.Tiny, 1), Options, TestDevice.Device, new(ScalarType.Float16));
        var batch = Batch(TlbConfig.Tiny);
        session.RunStep(batch, 0.01f);
        var before = session.SaveState();
        Assert.Equal((32768, 1), (before.LossScale, before.LossScaleGoodSteps));
        session.RestoreState(before with { LossScale = Math.ScaleB(1, 60) });
        session.RunStep(batch, 0.01f);
        var after = session.SaveState();
        Assert.Equal((Math.ScaleB(1, 59), 0), (after.LossScale, after.LossScaleGoodSteps));
        Assert.Equal((2, 1), (after.Step, after.OptimizerStep));
        Assert.Equal(before.Weights, after.Weights);
        Assert.Equal(before.Mean, after.Mean);
        Assert.Equal(before.Variance, after.Variance);
        Assert.Equal(before.Average, after.Average);
        session.RestoreState(after with { LossScale = before.LossScale });
        session.RunStep(batch, 0.01f);
        Assert.NotEqual(before.Weights, session.SaveState().Weights);
        Assert.All(session.SaveState().Weights, value => Assert.True(float.IsFinite(value)));
    }

    /// <summary>The loss itself overflows: images a million times too bright. Their step is left out, and they are not counted.</summary>
    [Fact]
    public void A_step_whose_loss_overflows_is_left_out_and_training_goes_on()
    {
        using var session = new TorchTrainingSession(NetworkWeights.Initialize(TlbConfig.Tiny, 1), Options, TestDevice.Device, new(ScalarType.Float16));
        session.RunStep(Batch(TlbConfig.Tiny), 0.01f);
        var before = session.SaveState();
        session.RunStep(Batch(TlbConfig.Tiny, scale: 1e6f), 0.01f);
        var after = session.SaveState();
        Assert.Equal(before.Weights, after.Weights);
        Assert.Equal(before.Average, after.Average);
        Assert.Equal((before.Metrics, before.OptimizerStep, before.LossScale / 2), (after.Metrics, after.OptimizerStep, after.LossScale));
        session.RunStep(Batch(TlbConfig.Tiny), 0.01f);
        Assert.Equal(2 * 16, session.ReadMetrics().Count);
        Assert.True(double.IsFinite(session.ReadMetrics().Loss));
    }

    /// <summary>In other precisions, whose range no good network leaves, a loss that is no number stays one, for the training loop to find.</summary>
    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void A_loss_that_is_no_number_shows(ScalarType type)
    {
        using var session = new TorchTrainingSession(NetworkWeights.Initialize(TlbConfig.Tiny, 1), Options, TestDevice.Device, new(type));
        session.RunStep(Batch(TlbConfig.Tiny, scale: float.PositiveInfinity), 0.01f);
        Assert.False(double.IsFinite(session.ReadMetrics().Loss));
    }

    [Fact]
    public void TensorFloat32_is_for_CUDA_and_sets_back_what_it_sets()
    {
        Assert.Equal("Precision.TensorFloat32 is for CUDA devices, and this is the CPU: choose Precision.Float32 there (Precision.Auto does), or Precision.BFloat16.",
            Assert.Throws<NotSupportedException>(() => new TorchEngine(CPU, Precision.TensorFloat32)).Message);
        using var session = new TorchTrainingSession(NetworkWeights.Initialize(TlbConfig.Tiny, 1), Options, TestDevice.Device, new(ScalarType.Float32, IsTensorFloat32: true));
        Assert.Equal(Precision.TensorFloat32, session.Precision);
        Assert.False(backends.cuda.matmul.allow_tf32);
        using (new ComputeType(ScalarType.Float32, IsTensorFloat32: true).AllowTensorFloat32())
            Assert.True(backends.cuda.matmul.allow_tf32);
        Assert.False(backends.cuda.matmul.allow_tf32);
        session.RunStep(Batch(TlbConfig.Tiny), 0.01f);
        Assert.False(backends.cuda.matmul.allow_tf32);
    }

    /// <summary>libtorch rounds convolutions unless it is told otherwise, by a setting of the process that only one may write at a time.</summary>
    [Fact]
    public void Convolutions_are_exact_while_anyone_needs_it()
    {
        Assert.True(backends.cudnn.allow_tf32);
        using (ExactConvolutions.Begin())
        {
            using (ExactConvolutions.Begin())
                Assert.False(backends.cudnn.allow_tf32);
            Assert.False(backends.cudnn.allow_tf32);
            Parallel.For(0, 10_000, _ =>
            {
                using (ExactConvolutions.Begin())
                    Assert.False(backends.cudnn.allow_tf32);
            });
        }
        Assert.True(backends.cudnn.allow_tf32);
        Parallel.For(0, 10_000, _ =>
        {
            using var exact = ExactConvolutions.Begin();
        });
        Assert.True(backends.cudnn.allow_tf32);
        using (ExactConvolutions.For(PaperNetworks.OfConvolutions, new(ScalarType.Float32), CPU))
            Assert.True(backends.cudnn.allow_tf32);                          // the CPU has no such rounding, so nothing is changed
    }

    /// <summary>What LayerNorm's remark and Attention's softmax rely on: kernels for 16 bits compute in float32 and round once.</summary>
    [Fact]
    public void Norms_and_softmax_of_16_bits_are_computed_in_float32()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1);
        var x = randn([64, 8], generator: generator).mul(20).add(100).to(ScalarType.BFloat16, TestDevice.Device); // [64, 8]: the variance would drown in 16 bits
        var norm = new LayerNorm(TlbConfig.Tiny);
        CloseTo(norm.Forward(x.to(ScalarType.Float32)), norm.Forward(x));
        CloseTo(x.to(ScalarType.Float32).softmax(1), x.softmax(1));

        static void CloseTo(Tensor expected, Tensor actual)
        {
            Assert.Equal(ScalarType.BFloat16, actual.dtype);
            Close.Absolute(expected.ToArray<float>(), actual.to(ScalarType.Float32).ToArray<float>(), expected.abs().max().item<float>() / 256);
        }
    }

    private static double[] Losses(TlbConfig config, ScalarType type, float learningRate, int steps)
    {
        using var session = new TorchTrainingSession(NetworkWeights.Initialize(config, 1), new(), TestDevice.Device, new(type));
        if (type == ScalarType.Float16)                                      // a scale at which no gradient overflows: a step that is left out would put all after it off
            session.RestoreState(session.SaveState() with { LossScale = 256 });
        var losses = new double[steps];
        for (var step = 0; step < steps; step++)
        {
            session.ResetMetrics();
            session.RunStep(Batch(config), learningRate);
            losses[step] = session.ReadMetrics().Loss;
        }
        return losses;
    }

    private static ImageBatch Batch(TlbConfig config, float scale = 1 / 255f)
    {
        var batch = new ImageBatch(new() { Height = config.ImageSize, Width = config.ImageSize, Scale = scale }, 16);
        var random = new Random(1);
        for (var i = 0; i < batch.Capacity; i++)
            random.NextBytes(batch.Add(i % config.NumberOfClasses));
        return batch;
    }
}
