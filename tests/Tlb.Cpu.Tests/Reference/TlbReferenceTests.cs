using Tlb.Tests;

namespace Tlb.Cpu.Tests;

/// <summary>
/// The plain reference against numbers of the real Keras example (tests/Golden). Those are float32, and the reference is not: what differs
/// is Keras's rounding, 6e-8 of each value times what lies before it. Tolerances are about four times what was seen.
/// </summary>
public sealed class TlbReferenceTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("b")]
    public void Network_gives_Kerass_outputs(string name)
    {
        var (config, golden) = (Golden.Config(name), Golden.Read($"golden_{name}"));
        var reference = new TlbReference(golden.Weights(config, "w."));
        var images = golden.Values("in.images").Chunk(config.ImageSize * config.ImageSize * TlbConfig.Channels).ToList();
        var results = images.ConvertAll(reference.Classify);
        var steps = ByStep(results.ConvertAll(result => result.Steps));

        Close.Relative(golden.Values("out.patch"), Floats(images.ConvertAll(reference.Embed)), 5e-7, "patch"); // a product and a normalisation
        Close.Relative(golden.Values("out.fast"), Floats(steps.Select(step => step.Fast)), 5e-6, "fast"); // all the blocks of a chunk
        Close.Relative(golden.Values("out.slow"), Floats(steps.Select(step => step.State)), 1e-6, "slow"); // means over what attention reads, one step for each chunk
        Close.Absolute(golden.Values("out.tlb_scores"), Floats(steps.SelectMany(step => step.Scores)), 1e-5, "scores"); // exponentials of products of fast
        Close.Absolute(golden.Values("out.chunk_viz"), Floats(results.SelectMany(result => result.Steps).SelectMany(step => step.Attention)), 1e-5, "attention"); // as scores
        Close.Absolute(golden.Values("out.probs"), Floats(results.SelectMany(result => result.Probabilities)), 5e-7, "probabilities"); // a mean over tokens, and all are below 1
    }

    [Theory]
    [InlineData("a")]
    [InlineData("b")]
    public void A_step_gives_Kerass_outputs_from_a_random_state(string name)
    {
        var config = Golden.Config(name);
        var golden = Golden.Read($"cell_{name}");
        var reference = new TlbReference(Golden.Read($"golden_{name}").Weights(config, "w."));
        var states = Matrices(golden.Values("in.state"), config);            // B x [K, D]
        var chunks = Matrices(golden.Values("in.x"), config);                // 2*B x [K, D], the step first
        var steps = new List<TlbReference.Step>();
        foreach (var (i, chunk) in chunks.Index())
            steps.Add(reference.TakeStep(chunk, i < states.Count ? states[i] : steps[i - states.Count].State));
        Close.Relative(golden.Values("out.fast"), Floats(steps.Select(step => step.Fast)), 5e-6, "fast"); // all the blocks of two chunks
        Close.Relative(golden.Values("out.state"), Floats(steps.Select(step => step.State)), 5e-6, "state"); // what it reads is as far off as fast
        Close.Absolute(golden.Values("out.tlb_scores"), Floats(steps.SelectMany(step => step.Scores)), 1e-5, "scores"); // exponentials of products of fast
    }

    /// <summary>The steps of some images as the golden files have them: the first of all images, then the second.</summary>
    private static List<TlbReference.Step> ByStep(List<List<TlbReference.Step>> images) =>
        [.. Enumerable.Range(0, images[0].Count).SelectMany(l => images.Select(steps => steps[l]))];

    private static float[] Floats(IEnumerable<double[,]> matrices) => Floats(matrices.SelectMany(matrix => matrix.Cast<double>()));

    private static float[] Floats(IEnumerable<double> values) => [.. values.Select(value => (float)value)];

    private static List<double[,]> Matrices(float[] values, TlbConfig config) =>
        [.. values.Chunk(config.ChunkSize * config.EmbeddingDimension).Select(part => DrawnNetwork.Matrix(part, config))];
}
