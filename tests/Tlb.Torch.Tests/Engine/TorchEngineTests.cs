using Tlb.Tests;
using TorchSharp;
using static TorchSharp.torch;

namespace Tlb.Torch.Tests;

public sealed class TorchEngineTests
{
    private static readonly TlbConfig WithDropout = TlbConfig.Tiny with { AttentionDropout = 0.2f, FeedForwardDropout = 0.2f };

    [Fact]
    public void Scores_are_Kerass_probabilities()
    {
        var golden = Golden.Read("golden_b");
        using var scorer = TestDevice.Engine().CreateScorer(golden.Weights(Golden.ConfigB, "w."));
        var batch = Floats(16, golden.Values("in.images"));
        var probabilities = new float[3 * 10];
        scorer.Score(batch, probabilities);
        Close.Absolute(golden.Values("out.probs"), probabilities, 1e-6);
        Assert.Throws<ArgumentException>(() => scorer.Score(batch, new float[29]));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("b")]
    public void Attention_maps_are_Kerass(string name)
    {
        var (config, golden) = (Golden.Config(name), Golden.Read($"golden_{name}"));
        using var scorer = TestDevice.Engine().CreateScorer(golden.Weights(config, "w."));
        var batch = Floats(config.ImageSize, golden.Values("in.images"));
        var (probabilities, attention) = (new float[batch.Count * 10], new float[batch.Count * config.TokenCount]);
        scorer.Explain(batch, probabilities, attention);
        Close.Absolute(golden.Values("out.probs"), probabilities, 1e-6);
        Close.Absolute(golden.Values("out.chunk_viz"), attention, 1e-5);     // what float32 allows of attention probabilities
        Assert.Throws<ArgumentException>(() => scorer.Explain(batch, probabilities, attention.AsSpan(1)));
        Assert.Throws<ArgumentException>(() => scorer.Explain(batch, probabilities.AsSpan(1), attention));
    }

    [Fact]
    public void Training_lowers_the_loss_and_learns_the_images()
    {
        var batch = RandomBatch(TlbConfig.Tiny, count: 16);
        using var session = TestDevice.Engine().StartTraining(NetworkWeights.Initialize(TlbConfig.Tiny, 1), new() { Seed = 1 });
        var before = session.Evaluate(batch, TlbConfig.Tiny.NumberOfClasses);
        for (var step = 0; step < 150; step++)
            session.RunStep(batch, 0.01f);
        var after = session.Evaluate(batch, TlbConfig.Tiny.NumberOfClasses);
        Assert.True(after.Loss < before.Loss / 10, $"loss {before.Loss} became {after.Loss}");
        Assert.Equal(1, after.Accuracy);
    }

    [Fact]
    public void The_seed_decides_the_dropout_and_so_the_weights()
    {
        Assert.Equal(Train(WithDropout, seed: 1), Train(WithDropout, seed: 1));
        Assert.NotEqual(Train(WithDropout, seed: 1), Train(WithDropout, seed: 2));
        Assert.Equal(Train(TlbConfig.Tiny, seed: 1), Train(TlbConfig.Tiny, seed: 2));   // without dropout nothing in a step is random
    }

    [Fact]
    public void Each_dropout_rate_is_used()
    {
        var without = Train(TlbConfig.Tiny, seed: 1);
        Assert.NotEqual(without, Train(TlbConfig.Tiny with { AttentionDropout = 0.5f }, seed: 1));
        Assert.NotEqual(without, Train(TlbConfig.Tiny with { FeedForwardDropout = 0.5f }, seed: 1));
    }

    [Fact]
    public void Dropout_is_drawn_anew_for_each_step()
    {
        var losses = Losses();
        Assert.NotEqual(losses.First, losses.Second);
        Assert.Equal(losses, Losses());

        // With a learning rate of 0 the weights stay: what differs are the masks.
        static (double First, double Second) Losses()
        {
            var initial = NetworkWeights.Initialize(WithDropout, 1);
            using var session = TestDevice.Engine().StartTraining(initial, new() { Seed = 1 });
            var batch = RandomBatch(WithDropout, 4);
            var losses = (Loss(), Loss());
            var weights = new NetworkWeights(WithDropout);
            session.CopyWeightsTo(weights);
            Assert.Equal(initial.Values, weights.Values);
            return losses;

            double Loss()
            {
                session.ResetMetrics();
                session.RunStep(batch, learningRate: 0);
                return session.ReadMetrics().Loss;
            }
        }
    }

    [Fact]
    public void A_step_in_parts_draws_other_dropout_and_is_else_the_same_step()
    {
        const float Rounding = 1e-6f;                                        // the first mean is a tenth of the gradient, whose sums are ordered otherwise
        Assert.InRange(Difference(TlbConfig.Tiny), 0, Rounding);
        Assert.InRange(Difference(WithDropout), 1000 * Rounding, float.MaxValue);

        static float Difference(TlbConfig config)
        {
            var (whole, parts) = (MeanAfterAStep(config, null), MeanAfterAStep(config, 3));
            return whole.Zip(parts).Max(pair => MathF.Abs(pair.First - pair.Second));
        }

        static float[] MeanAfterAStep(TlbConfig config, int? microBatchSize)
        {
            using var session = TestDevice.Engine().StartTraining(NetworkWeights.Initialize(config, 1), new() { Seed = 1, MicroBatchSize = microBatchSize });
            session.RunStep(RandomBatch(config, 8), 0.01f);
            return session.SaveState().Mean;
        }
    }

    [Fact]
    public void Dropout_keeps_the_mean_and_drops_the_rate()
    {
        using var scope = NewDisposeScope();
        using var dropout = new Dropout(0.2f, ScalarType.Float32, TestDevice.Device);
        dropout.Seed(1);
        var values = dropout.Forward(ones(100_000, device: TestDevice.Device)).ToArray<float>();
        Assert.Equal([0f, 1.25f], values.Distinct().Order());
        // The share of zeros of 100,000 draws has a standard error of 0.0013: five of them.
        Assert.InRange(values.Count(value => value == 0) / 100_000.0, 0.2 - 0.0065, 0.2 + 0.0065);
    }

    [Fact]
    public void Nothing_outside_is_changed()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(5);
        var (state, threads) = (get_rng_state().data<byte>().ToArray(), get_num_threads());
        using (no_grad())
        {
            Train(WithDropout, seed: 1);                                     // works although the caller has switched gradients off
            Assert.False(is_grad_enabled());
        }
        Assert.True(is_grad_enabled());
        Assert.Equal(state, get_rng_state().data<byte>().ToArray());
        Assert.Equal(threads, get_num_threads());
    }

    [Fact]
    public void Weights_given_and_taken_are_copies()
    {
        var initial = NetworkWeights.Initialize(TlbConfig.Tiny, 1);
        var values = (float[])initial.Values.Clone();
        using var session = TestDevice.Engine().StartTraining(initial, new() { Seed = 1 });
        session.RunStep(RandomBatch(TlbConfig.Tiny, 4), 0.01f);
        Assert.Equal(values, initial.Values);
        var taken = new NetworkWeights(TlbConfig.Tiny);
        session.CopyWeightsTo(taken);
        values = (float[])taken.Values.Clone();
        session.RunStep(RandomBatch(TlbConfig.Tiny, 4), 0.01f);
        Assert.Equal(values, taken.Values);
    }

    [Fact]
    public void No_tensor_stays_behind()
    {
        Train(WithDropout, seed: 1);
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        Train(WithDropout, seed: 1);
        using (var scorer = TestDevice.Engine().CreateScorer(NetworkWeights.Initialize(TlbConfig.Tiny, 1)))
            for (var i = 0; i < 1000; i++)
                scorer.Score(RandomBatch(TlbConfig.Tiny, 1), new float[10]);
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    /// <summary>The defects that a recurrence can hide: early chunks must matter, in their order, and nothing may pass from batch to batch.</summary>
    [Fact]
    public void The_recurrence_carries_early_chunks_to_the_end()
    {
        var config = TlbConfig.Tiny with { ImageSize = 16, ChunkSize = 4 };  // 16 tokens in 4 chunks, each a row of patches
        var weights = NetworkWeights.Initialize(config, 3);
        using var scorer = TestDevice.Engine().CreateScorer(weights);
        var pixels = Random(16 * 16 * 3);
        var plain = Score(pixels);
        Assert.Equal(plain, Score(pixels));

        var changed = (float[])pixels.Clone();
        Array.Fill(changed, 0.5f, 0, 4 * 16 * 3);                            // the first row of patches
        Assert.NotEqual(plain, Score(changed));

        var swapped = (float[])pixels.Clone();
        var row = 4 * 16 * 3;
        Array.Copy(pixels, 0, swapped, row, row);
        Array.Copy(pixels, row, swapped, 0, row);
        Assert.NotEqual(plain, Score(swapped));

        float[] Score(float[] image)
        {
            var probabilities = new float[10];
            scorer.Score(Floats(16, image), probabilities);
            return probabilities;
        }
    }

    /// <summary>A configuration beyond the golden ones: gradients of the whole network against differences of the loss.</summary>
    [Fact]
    public void Gradients_are_the_slopes_of_the_loss()
    {
        var config = new TlbConfig
        {
            ImageSize = 12, PatchSize = 2, EmbeddingDimension = 6, ChunkSize = 9, R = 1, NumberOfLayers = 2, NumberOfHeads = 3, NumberOfClasses = 4,
        };
        using var scope = NewDisposeScope();
        var weights = NetworkWeights.Initialize(config, 1);
        var flat = WeightTensors.Flatten(weights, TestDevice.Device).to(ScalarType.Float64).requires_grad_();
        var images = TestDevice.Of(Random(2 * 12 * 12 * 3)).view(2, 12, 12, 3).to(ScalarType.Float64);
        var targets = tensor([0.0, 1, 0, 0, 0.1, 0, 0.2, 0.7], device: TestDevice.Device).view(2, 4);   // a hard and a soft label
        Loss(flat).backward();
        var gradient = flat.grad!.ToArray<double>();

        const double Step = 1e-5;
        foreach (var parameter in weights.Layout)
        {
            var index = parameter.Offset + parameter.Count / 2;
            var slope = (LossAt(index, Step) - LossAt(index, -Step)) / (2 * Step);
            // Central differences err by Step squared times the third derivative: far below 1e-7 here.
            Assert.True(Math.Abs(slope - gradient[index]) < 1e-7, $"{parameter.Name}: gradient {gradient[index]}, slope {slope}");
        }

        Tensor Loss(Tensor all) => CrossEntropy.PerImage(new TlbNetwork(config, new WeightTensors(all, weights.Layout)).ForwardLogits(images).softmax(1), targets).mean();

        double LossAt(int index, double step)
        {
            using var inner = NewDisposeScope();
            using var noGradient = no_grad();
            var moved = flat.detach().clone();
            moved[index] = moved[index] + step;
            return Loss(moved).item<double>();
        }
    }

    private static float[] Train(TlbConfig config, int seed)
    {
        using var session = TestDevice.Engine().StartTraining(NetworkWeights.Initialize(config, 1), new() { WeightDecay = 0.01f, DecayAllWeights = true, Seed = seed });
        for (var step = 0; step < 3; step++)
        {
            session.RunStep(RandomBatch(config, 4), 0.01f);
            session.ReadMetrics();
            session.ResetMetrics();
        }
        session.Evaluate(RandomBatch(config, 4), config.NumberOfClasses);
        var weights = new NetworkWeights(config);
        session.CopyWeightsTo(weights);
        return weights.Values;
    }

    private static ImageBatch RandomBatch(TlbConfig config, int count)
    {
        var batch = new ImageBatch(new() { Height = config.ImageSize, Width = config.ImageSize }, count);
        var random = new Random(count);
        for (var i = 0; i < count; i++)
            random.NextBytes(batch.Add(i % config.NumberOfClasses));
        return batch;
    }

    private static ImageBatch Floats(int size, float[] values)
    {
        var layout = new ImageLayout { Height = size, Width = size, PixelType = PixelType.Single, Scale = 1 };
        var batch = new ImageBatch(layout, values.Length / layout.ValueCount);
        for (var i = 0; i < batch.Capacity; i++)
            System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan(i * layout.ValueCount, layout.ValueCount)).CopyTo(batch.Add());
        return batch;
    }

    private static float[] Random(int count)
    {
        var random = new Random(count);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextSingle())];
    }
}
