namespace Microsoft.ML;

/// <summary>Makes random sources.</summary>
internal static class RandomUtils
{
    public static int NextSigned(this Random random) =>
        random is TauswortheHybrid hybrid ? hybrid.NextSigned() : random.Next(int.MinValue, int.MaxValue);

    public static TauswortheHybrid Create() => new(new Random());

    public static TauswortheHybrid Create(int? seed) => seed is { } value ? Create(value) : Create();

    public static TauswortheHybrid Create(int seed) => Create((uint)seed);

    public static TauswortheHybrid Create(uint seed) => new(new TauswortheHybrid.State(seed));

    public static TauswortheHybrid Create(Random seed) => new(seed);
}
