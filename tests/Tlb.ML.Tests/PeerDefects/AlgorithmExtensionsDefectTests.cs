using static Tlb.ML.Tests.TestImages;

namespace Tlb.ML.Tests;

/// <summary>What is known to go wrong with <c>AlgorithmExtensions</c>, a third party's image trainer for ML.NET, does not with this one.</summary>
/// <remarks>Shown elsewhere: that Transform drops the input's columns (<see cref="CursorTests.Other_columns_keep_their_values_in_order"/>).</remarks>
public sealed class AlgorithmExtensionsDefectTests
{
    [Fact]
    public void Saving_writes_into_the_current_directory()
    {
        var ml = new MLContext(seed: 1);
        var rows = ml.Data.LoadFromEnumerable(Rows(12));
        var options = Options;
        options.Epoch = 1;
        var model = Pipeline(ml, options).Fit(rows);
        var before = Files();
        using var zip = new MemoryStream();
        ml.Model.Save(model, rows.Schema, zip);
        Assert.Equal(before, Files());

        zip.Position = 0;                                                    // all there is went into the stream
        var loaded = new MLContext().Model.Load(zip, out _);
        Assert.Equal(before, Files());
        Assert.Equal(model.Transform(rows).GetColumn<float[]>("Score"), loaded.Transform(rows).GetColumn<float[]>("Score"));

        static string[] Files() => [.. Directory.GetFileSystemEntries(Environment.CurrentDirectory).Order(StringComparer.Ordinal)];
    }
}
