using TorchSharp;
using static TorchSharp.torch;

namespace Tlb.Torch.Tests;

/// <summary>What decides the speed on a CUDA device: how many operators the host starts, and that it never waits for their results.</summary>
public sealed class StepCostTests
{
    private const int BatchSize = 4;

    /// <summary>What starts work on the device or works on the host alone. (<c>get_bytes</c> of tensors in the host's memory only.)</summary>
    private static readonly string[] Started =
    [
        "Device.get_index", "Device.get_type", "ScalarExtensionMethods.ToScalar", "Tensor.DetachFromDisposeScope",
        "Tensor.Dispose", "Tensor.MoveToOuterDisposeScope", "Tensor.abs", "Tensor.add", "Tensor.add_", "Tensor.addcmul",
        "Tensor.addcmul_", "Tensor.all", "Tensor.argmax", "Tensor.backward", "Tensor.bitwise_right_shift",
        "Tensor.bitwise_xor_", "Tensor.bmm", "Tensor.clamp", "Tensor.clamp_max", "Tensor.copy_", "Tensor.detach", "Tensor.div",
        "Tensor.eq", "Tensor.expand", "Tensor.expm1_", "Tensor.flatten", "Tensor.floor", "Tensor.fmod", "Tensor.ge", "Tensor.get_bytes",
        "Tensor.get_device", "Tensor.get_dtype", "Tensor.get_grad", "Tensor.get_shape", "Tensor.gt", "Tensor.index_select",
        "Tensor.isfinite", "Tensor.lerp", "Tensor.log", "Tensor.logical_and", "Tensor.lt", "Tensor.matmul", "Tensor.mean",
        "Tensor.minimum", "Tensor.mul", "Tensor.mul_", "Tensor.narrow", "Tensor.neg", "Tensor.neg_", "Tensor.norm",
        "Tensor.permute", "Tensor.pin_memory", "Tensor.reciprocal", "Tensor.relu", "Tensor.requires_grad_", "Tensor.reshape", "Tensor.select",
        "Tensor.set_grad", "Tensor.size", "Tensor.softmax", "Tensor.split", "Tensor.sqrt", "Tensor.sqrt_", "Tensor.squeeze",
        "Tensor.sub", "Tensor.sub_", "Tensor.sum", "Tensor.t", "Tensor.to", "Tensor.transpose", "Tensor.unbind",
        "Tensor.unsqueeze", "Tensor.view", "Tensor.where", "autograd.backward", "cudnn.get_allow_tf32", "cudnn.set_allow_tf32", "functional.conv2d",
        "functional.gelu", "functional.layer_norm", "functional.linear", "functional.max_pool2d", "functional.pad", "matmul.get_allow_tf32", "matmul.set_allow_tf32", "torch.NewDisposeScope", "torch.arange",
        "torch.cat", "torch.empty", "torch.enable_grad", "torch.full_like", "torch.no_grad", "torch.stack", "torch.zeros",
        "torch.zeros_like"
    ];

    /// <summary>
    /// Every tensor that the host gets to see counts, views too; the number depends on the network's depth and its chunks, not on
    /// the batch or the widths. At the example's depth (6 blocks, 3 of which read the state) scoring takes 23 operators and 149 per
    /// chunk, a step as many per chunk; 272 with dropout, which tells the state vectors apart. Once per step some 600 are for
    /// cutting up and folding the weights, the loss and the optimizer.
    /// </summary>
    [Theory]
    [InlineData(0, 149)]
    [InlineData(0.2f, 272)]
    public void Operators_grow_with_the_chunks_only(float dropout, int perChunk)
    {
        var (step2, score2) = Count(imageSize: 8, chunks: 2, dropout);
        var (step8, score8) = Count(imageSize: 16, chunks: 8, dropout);
        var (step18, score18) = Count(imageSize: 24, chunks: 18, dropout);
        Assert.Equal([perChunk * 6, perChunk * 10], [step8 - step2, step18 - step8]);
        Assert.InRange(step2 - perChunk * 2, 0, 640);
        Assert.Equal([23 + 149 * 2, 23 + 149 * 8, 23 + 149 * 18], [score2, score8, score18]);
    }

    /// <summary>
    /// In the paper's form blocks before the first that reads the state read all chunks at once: of the 4 blocks of
    /// <see cref="TlbConfig.Base"/>, 2 are left for each chunk. A last chunk of fewer tokens is begun by itself.
    /// </summary>
    [Theory]
    [InlineData(0, 90)]
    [InlineData(0.2f, 108)]
    public void Operators_of_the_papers_form_grow_with_the_chunks_only(float dropout, int perChunk)
    {
        var config = TlbConfig.Base with { ConvolutionLayers = 2, EmbeddingDimension = 8, ChunkSize = 16, NumberOfLayers = 4, AttentionDropout = dropout, FeedForwardDropout = dropout };
        var (step4, score4) = Count(config);
        var (step8, score8) = Count(config with { ChunkSize = 8 });
        var (step16, score16) = Count(config with { ChunkSize = 4 });
        Assert.Equal([perChunk * 4, perChunk * 8], [step8 - step4, step16 - step8]);
        Assert.InRange(step4 - perChunk * 4, 0, 700);
        Assert.Equal([90 * 4, 90 * 8], [score8 - score4, score16 - score8]);
        Assert.InRange(score4 - 90 * 4, 0, 120);
    }

    /// <summary>
    /// Everything of TorchSharp that a step calls, each known to start work and not to wait for its result. Whoever adds to the list
    /// makes sure of that; a step on a real device is watched by <see cref="CudaTests"/>.
    /// </summary>
    [Fact]
    public void A_step_calls_nothing_that_waits_for_the_device()
    {
        var step = CompiledCalls.Library.MainModule.GetType("Tlb.Torch.TorchTrainingSession").Methods.Single(method => method.Name == "RunStep");
        var reached = CompiledCalls.ReachedInTorchSharp(step);
        Assert.Equal(Started, reached);
    }

    private static (long Step, long Score) Count(int imageSize, int chunks, float dropout)
    {
        var config = TlbConfig.KerasExample with
        {
            ImageSize = imageSize, ChunkSize = 2, EmbeddingDimension = 8, AttentionDropout = dropout, FeedForwardDropout = dropout,
        };
        Assert.Equal(chunks, config.ChunkCount);
        return Count(config);
    }

    private static (long Step, long Score) Count(TlbConfig config)
    {
        var weights = NetworkWeights.Initialize(config, 1);
        var batch = Batch(config);
        using var session = new TorchEngine().StartTraining(weights, new() { WeightDecay = 0.01f, Seed = 1 });
        session.RunStep(batch, 0.01f);
        var step = TensorsOf(() => session.RunStep(batch, 0.01f));
        using var scorer = new TorchEngine().CreateScorer(weights);
        var probabilities = new float[BatchSize * config.NumberOfClasses];
        return (step, TensorsOf(() => scorer.Score(batch, probabilities)));
    }

    private static long TensorsOf(Action action)
    {
        var statistics = DisposeScopeManager.Statistics;
        var before = statistics.CreatedInScopeCount + statistics.CreatedOutsideScopeCount;
        action();
        return statistics.CreatedInScopeCount + statistics.CreatedOutsideScopeCount - before;
    }

    private static ImageBatch Batch(TlbConfig config)
    {
        var batch = new ImageBatch(new() { Height = config.ImageSize, Width = config.ImageSize }, BatchSize);
        for (var i = 0; i < BatchSize; i++)
            batch.Add(i).Fill((byte)i);
        return batch;
    }
}
