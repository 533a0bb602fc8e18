using System.Diagnostics;
using TorchSharp;
using static Tlb.ML.Tests.TestImages;

namespace Tlb.ML.Tests;

[Collection(nameof(MemoryTests))]
public sealed class MemoryTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void No_tensor_stays_behind_after_Fit_and_1000_predictions()
    {
        Run(predictions: 1);
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        Run(predictions: 1000);
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);

        void Run(int predictions)
        {
            using var engine = Engine();
            var row = Rows(1)[0];
            for (var i = 0; i < predictions; i++)
                engine.Predict(row);
        }
    }

    [Fact]
    public void Memory_stays_flat_over_20000_predictions()
    {
        using var engine = Engine();
        var row = Rows(1)[0];
        Predict(5000);                                                       // pools and the JIT have taken their part by then
        var before = ResidentBytes();
        Predict(20_000);
        var grown = ResidentBytes() - before;
        // A kilobyte lost per prediction would be 20 MB.
        Assert.True(grown < 10 << 20, $"memory grew by {grown / 1024} KB");

        void Predict(int count)
        {
            for (var i = 0; i < count; i++)
                engine.Predict(row);
        }
    }

    private PredictionEngine<ImageRow, Prediction> Engine()
    {
        var options = Options;
        options.Epoch = 1;
        return _ml.Model.CreatePredictionEngine<ImageRow, Prediction>(Pipeline(_ml, options).Fit(_ml.Data.LoadFromEnumerable(Rows(12))));
    }

    private static long ResidentBytes()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}

/// <summary>Runs alone: other tests' memory is the same process's.</summary>
[CollectionDefinition(nameof(MemoryTests), DisableParallelization = true)]
public sealed class MemoryTestsRunAlone;
