using Tlb.Tests;

namespace Tlb.Core.Tests;

public sealed class ParameterLayoutTests
{
    public static TheoryData<string, int, int> Presets => new()
    {
        { "KerasExample", 189, 415_882 },
        { "GoldenB", 209, 43_338 },
        { "Base", 79, 471_210 },
        { "Small", 55, 82_874 },
        { "Large", 71, 918_922 },
        { "Tiny", 115, 4_818 },
    };

    [Theory]
    [MemberData(nameof(Presets))]
    public void Parameters_are_counted(string preset, int tensors, int values)
    {
        var config = preset == "GoldenB" ? Golden.ConfigB : (TlbConfig)typeof(TlbConfig).GetProperty(preset)!.GetValue(null)!;
        var layout = new ParameterLayout(config);
        Assert.Equal((tensors, values), (layout.Count, layout.ValueCount));
    }

    [Fact]
    public void Every_preset_is_counted() => Assert.Equal(
        typeof(TlbConfig).GetProperties().Where(property => property.PropertyType == typeof(TlbConfig)).Select(property => property.Name).Append("GoldenB").Order(),
        Presets.Select(row => (string)((object[])row)[0]).Order());

    [Theory]
    [InlineData("a")]
    [InlineData("b")]
    public void Names_and_shapes_are_those_of_the_Keras_weights(string name)
    {
        var expected = Golden.Read($"golden_{name}").Tensors.Values.Where(tensor => tensor.Name.StartsWith("w.", StringComparison.Ordinal));
        Assert.Equal(
            expected.Select(tensor => $"{tensor.Name[2..]} [{string.Join(", ", tensor.Shape)}]").Order(),
            new ParameterLayout(Golden.Config(name)).Select(parameter => $"{parameter.Name} [{string.Join(", ", parameter.Shape)}]").Order());
    }

    [Fact]
    public void Parameters_lie_one_after_the_other()
    {
        var end = 0;
        foreach (var parameter in new ParameterLayout(TlbConfig.Tiny))
        {
            Assert.Equal(end, parameter.Offset);
            end += parameter.Count;
        }
    }

    [Theory]
    [InlineData("pm.0.fast.query.kernel", 0.037978)]                         // fans (D*H, D*K) for [D, H, K], as Keras counts them
    [InlineData("pm.0.fast.output.kernel", 0.216506)]                        // fans (H*K, H*D) for [H, K, D]
    [InlineData("pm.0.ffn.dense1.kernel", 0.136931)]
    [InlineData("patch.projection.kernel", 0.074813)]                        // fans (16*3, 16*64): sqrt(6 / 1072)
    [InlineData("patch.position_embedding", 0.05)]
    [InlineData("head.kernel", 0.284747)]
    public void Kernels_start_within_Kerass_limits(string name, double limit) =>
        Assert.Equal(limit, new ParameterLayout(TlbConfig.KerasExample)[name].Initializer.Limit, 6);

    [Fact]
    public void Unknown_names_are_refused() =>
        Assert.Contains("'pm.1.slow.query.kernel'", Assert.Throws<KeyNotFoundException>(() => new ParameterLayout(TlbConfig.KerasExample)["pm.1.slow.query.kernel"]).Message, StringComparison.Ordinal);
}
