namespace Tlb.Cpu.Tests;

/// <summary>
/// An epoch leaves little garbage: arrays as large as the weights, a batch or the order of the images stay until a full collection, which .NET puts
/// off until they are as many as the images in memory.
/// </summary>
[Collection(nameof(RunsAlone))]
public sealed class EpochMemoryTests : IDisposable
{
    private const int Warm = 3, Epochs = 8, BatchSize = 500;

    private static readonly TlbConfig Config = TlbConfig.Tiny with { ImageSize = 4, PatchSize = 4, ChunkSize = 1, EmbeddingDimension = 128, NumberOfLayers = 1 };

    private readonly string _folder = Directory.CreateTempSubdirectory("tlb-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void An_epoch_allocates_less_than_a_copy_of_the_weights()
    {
        var weights = NetworkWeights.Initialize(Config, 1);
        var layout = new ImageLayout { Height = 32, Width = 32 };
        var smallest = Math.Min(weights.Values.Length * sizeof(float), BatchSize * layout.ByteCount);
        var allocated = new Dictionary<int, long>();
        var options = new TrainingOptions
        {
            Epoch = Epochs, BatchSize = BatchSize, CheckpointFolder = _folder, EarlyStopping = new() { Patience = Epochs }, AverageDecay = 0.9f,
            MetricsCallback = progress =>
            {
                if (progress.IsEndOfEpoch)
                    allocated[progress.Epoch] = GC.GetTotalAllocatedBytes(precise: true);
            },
        };
        new Trainer(new CpuEngine(), options).Fit(weights, Images(layout, 4 * BatchSize), Images(layout, BatchSize), seed: 1);
        var perEpoch = (allocated[Epochs] - allocated[Warm]) / (Epochs - Warm);
        Assert.True(perEpoch < smallest, $"{perEpoch} bytes in an epoch; expected less than {smallest}");
    }

    private static ImageSet Images(ImageLayout layout, int count)
    {
        var images = new ImageSet(layout);
        var (pixels, random) = (new byte[layout.ByteCount], new Random(1));
        for (var i = 0; i < count; i++)
        {
            random.NextBytes(pixels);
            images.Add(pixels, i % Config.NumberOfClasses);
        }
        return images;
    }
}
