using Tlb.Tests;
using TorchSharp;
using static TorchSharp.torch;

namespace Tlb.Torch.Tests;

public sealed class TorchEngineTests
{
    private static readonly TlbConfig WithDropout = PaperNetworks.WithDropout(nameof(TlbConfig.Tiny));

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
        Assert.Throws<ArgumentException>(() => scorer.Explain(batch, probabilities, attention, new float[attention.Length + 1]));
    }

    [Theory]
    [MemberData(nameof(PaperNetworks.Names), MemberType = typeof(PaperNetworks))]
    public void Training_lowers_the_loss_and_learns_the_images(string network)
    {
        var config = PaperNetworks.Named(network);
        var batch = RandomBatch(config, count: 16);
        using var session = TestDevice.Engine().StartTraining(NetworkWeights.Initialize(config, 1), new() { Seed = 1 });
        var before = session.Evaluate(batch, config.NumberOfClasses);
        for (var step = 0; step < 150; step++)
            session.RunStep(batch, 0.01f);
        var after = session.Evaluate(batch, config.NumberOfClasses);
        Assert.True(after.Loss < before.Loss / 10, $"loss {before.Loss} became {after.Loss}");
        Assert.Equal(1, after.Accuracy);
    }

    [Theory]
    [MemberData(nameof(PaperNetworks.Names), MemberType = typeof(PaperNetworks))]
    public void The_seed_decides_the_dropout_and_so_the_weights(string network)
    {
        var (config, without) = (PaperNetworks.WithDropout(network), PaperNetworks.Named(network));
        Assert.Equal(Train(config, seed: 1), Train(config, seed: 1));
        Assert.NotEqual(Train(config, seed: 1), Train(config, seed: 2));
        Assert.Equal(Train(without, seed: 1), Train(without, seed: 2));      // without dropout nothing in a step is random
    }

    [Theory]
    [MemberData(nameof(PaperNetworks.Names), MemberType = typeof(PaperNetworks))]
    public void Each_dropout_rate_is_used(string network)
    {
        var config = PaperNetworks.Named(network);
        var without = Train(config, seed: 1);
        Assert.NotEqual(without, Train(config with { AttentionDropout = 0.5f }, seed: 1));
        Assert.NotEqual(without, Train(config with { FeedForwardDropout = 0.5f }, seed: 1));
    }

    /// <summary>
    /// Dropped probabilities keep their mean: over many masks, so does what attention reads, which is linear in them. A step from weights
    /// whose feed-forward layers give nothing, so that no other part is random, and whose attention is even, is on average the step without.
    /// </summary>
    [Theory]
    [InlineData(nameof(PaperNetworks.OfPatches))]
    [InlineData(nameof(TlbConfig.Tiny))]
    public void Attention_with_dropout_is_on_average_attention_without(string network)
    {
        const int Images = 40_000;
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var config = PaperNetworks.Named(network) with { AttentionDropout = 0.2f };
        var weights = NetworkWeights.Initialize(config, 1);
        foreach (ref var value in weights.Values.AsSpan())
            value += 0.1f;                                                   // biases and shifts too
        var tensors = new WeightTensors(WeightTensors.Flatten(weights, TestDevice.Device), weights.Layout);
        var folded = new FoldedWeights(config, FoldedWeights.Fold(config, tensors, ScalarType.Float32), ScalarType.Float32);
        using var dropout = new Dropout(0.2f, ScalarType.Float32, TestDevice.Device);
        dropout.Seed(1);
        foreach (var plan in new NetworkPlan(config).Attentions)
        {
            var x = TestDevice.Of(Random(3 * config.EmbeddingDimension)).view(1, 3, -1);
            var context = TestDevice.Of(Random(5 * config.EmbeddingDimension)).view(1, 5, -1);
            if (plan.Queries == plan.Context)
                context = x;
            var expected = new Attention(config, folded, plan.Name, dropout: null).Forward(x, x, context).Output.sub(x);
            var (many, manyContexts) = (x.expand(Images, -1, -1), context.expand(Images, -1, -1));
            var reads = new Attention(config, folded, plan.Name, dropout).Forward(many, many, manyContexts).Output.sub(x);
            var error = reads.std(0).div(Math.Sqrt(Images));                 // the standard error of the mean, some of 24 of which may be 5
            Assert.All(reads.mean([0]).sub(expected[0]).div(error).abs().ToArray<float>(), errors => Assert.InRange(errors, 0, 5));
        }
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

    [Theory]
    [MemberData(nameof(PaperNetworks.Names), MemberType = typeof(PaperNetworks))]
    public void A_step_in_parts_draws_other_dropout_and_is_else_the_same_step(string network)
    {
        const float Rounding = 1e-6f;                                        // the first mean is a tenth of the gradient, whose sums are ordered otherwise
        Assert.InRange(Difference(PaperNetworks.Named(network)), 0, Rounding);
        Assert.InRange(Difference(PaperNetworks.WithDropout(network)), 1000 * Rounding, float.MaxValue);

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

    [Theory]
    [MemberData(nameof(PaperNetworks.Names), MemberType = typeof(PaperNetworks))]
    public void No_tensor_stays_behind(string network)
    {
        var (config, without) = (PaperNetworks.WithDropout(network), PaperNetworks.Named(network));
        Train(config, seed: 1);
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        Train(config, seed: 1);
        using (var scorer = TestDevice.Engine().CreateScorer(NetworkWeights.Initialize(without, 1)))
            for (var i = 0; i < 1000; i++)
            {
                scorer.Score(RandomBatch(without, 1), new float[10]);
                if (i % 10 == 0)
                    scorer.Explain(RandomBatch(without, 1), new float[10], new float[without.TokenCount]);
            }
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    /// <summary>The defects that a recurrence can hide: early chunks must matter, in their order, and nothing may pass from batch to batch.</summary>
    [Theory]
    [InlineData(TlbForm.KerasExample)]
    [InlineData(TlbForm.Paper)]
    public void The_recurrence_carries_early_chunks_to_the_end(TlbForm form)
    {
        var config = TlbConfig.Tiny with { ImageSize = 16, ChunkSize = 4, Form = form }; // 16 tokens in 4 chunks, each a row of patches
        if (form == TlbForm.Paper)
            config = config with { NumberOfLayers = 3, ReadOut = ReadOutKind.State };    // which is all that is left of early chunks
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

    /// <summary>Images of a batch know nothing of each other: a batch's first image scores the same beside others. (To the last bits, which differ with the sizes of products.)</summary>
    [Theory]
    [MemberData(nameof(PaperNetworks.Names), MemberType = typeof(PaperNetworks))]
    public void No_state_leaks_between_images(string network)
    {
        var config = PaperNetworks.Named(network);
        using var scorer = TestDevice.Engine().CreateScorer(NetworkWeights.Initialize(config, 1));
        var image = Random(config.ImageSize * config.ImageSize * 3);
        float[] dark = [.. image, .. new float[image.Length]], bright = [.. image, .. Enumerable.Repeat(1f, image.Length)];
        Close.Absolute(Score(dark).AsSpan(0, 10).ToArray(), Score(bright).AsSpan(0, 10).ToArray(), 0);
        Close.Absolute(Score(image), Score(dark).AsSpan(0, 10).ToArray(), 1e-6);

        float[] Score(float[] images)
        {
            var batch = Floats(config.ImageSize, images);
            var probabilities = new float[batch.Count * 10];
            scorer.Score(batch, probabilities);
            return probabilities;
        }
    }

    /// <summary>In the paper's form state vectors differ from the start, and after a chunk, and each attends to it in its own way.</summary>
    [Theory]
    [InlineData(nameof(PaperNetworks.OfPatches))]
    [InlineData(nameof(PaperNetworks.OfConvolutions))]
    public void State_vectors_differ_after_one_chunk(string network)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var config = PaperNetworks.Named(network);
        var weights = NetworkWeights.Initialize(config, 1);
        var folded = FoldedWeights.Fold(config, new WeightTensors(WeightTensors.Flatten(weights, TestDevice.Device), weights.Layout), ScalarType.Float32);
        var parts = new FoldedWeights(config, folded, ScalarType.Float32);
        var start = (parts.StateStart ?? zeros(3, 8, device: TestDevice.Device)).unsqueeze(0);
        var chunk = TestDevice.Of(Random(config.ChunkSize * 8)).view(1, -1, 8);
        var (_, state, scores) = new TlbCell(config, parts, dropout: null).Forward(chunk, start);
        Assert.Equal(3, state.ToArray<float>().Chunk(8).DistinctBy(vector => string.Join(' ', vector)).Count());
        Assert.Equal(3, scores.select(1, 0).ToArray<float>().Chunk(config.ChunkSize).DistinctBy(vector => string.Join(' ', vector)).Count());
    }

    /// <summary>Whatever the read-out, the order, the positions and the state are: nothing is learned in vain.</summary>
    [Theory]
    [InlineData(ReadOutKind.Both, PositionKind.Learned, StateKind.Learned, ChunkOrder.Strips)]
    [InlineData(ReadOutKind.State, PositionKind.Sinusoidal, StateKind.Learned, ChunkOrder.Tiles)]
    [InlineData(ReadOutKind.Tokens, PositionKind.Learned, StateKind.Sinusoidal, ChunkOrder.Serpentine)]
    public void Every_parameter_of_the_papers_form_has_a_gradient(ReadOutKind readOut, PositionKind positions, StateKind states, ChunkOrder order)
    {
        foreach (var network in new[] { PaperNetworks.OfPatches, PaperNetworks.OfConvolutions })
        {
            var config = network with { ReadOut = readOut, Positions = positions, StateKind = states, ChunkOrder = order };
            using var session = TestDevice.Engine().StartTraining(NetworkWeights.Initialize(config, 1), new() { Seed = 1 });
            session.RunStep(RandomBatch(config, 8), 0.01f);
            var mean = session.SaveState().Mean;
            var largest = mean.Max(Math.Abs);
            foreach (var parameter in new ParameterLayout(config))
            {
                var ofParameter = mean.AsSpan(parameter.Offset, parameter.Count).ToArray().Max(Math.Abs);
                Assert.True(ofParameter > 1e-5f * largest, $"{config}: the gradient of {parameter.Name} is {ofParameter}, the largest of all {largest}.");
            }
        }
    }

    /// <summary>A configuration beyond the golden ones: gradients of the whole network against differences of the loss.</summary>
    [Theory]
    [InlineData(TlbForm.KerasExample, TokenizerKind.Patches)]
    [InlineData(TlbForm.Paper, TokenizerKind.Patches)]
    [InlineData(TlbForm.Paper, TokenizerKind.Convolutions)]
    public void Gradients_are_the_slopes_of_the_loss(TlbForm form, TokenizerKind tokenizer)
    {
        var config = new TlbConfig
        {
            Form = form, ImageSize = 12, EmbeddingDimension = 6, ChunkSize = form == TlbForm.Paper ? 4 : 9, R = 1, NumberOfLayers = 2, NumberOfHeads = 3, NumberOfClasses = 4,
        };
        config = tokenizer == TokenizerKind.Patches ? config with { PatchSize = 2 } : config with { Tokenizer = tokenizer, ConvolutionChannels = 5 };
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
