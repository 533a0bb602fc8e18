using Tlb.Tests;
using static Tlb.ML.Tests.TestImages;

namespace Tlb.ML.Tests;

/// <summary>What a cursor holds, for how long, and what may go on beside it.</summary>
public sealed class CursorLifetimeTests : IDisposable
{
    private const int MostRowsAhead = 2 * 256;                               // two batches

    private readonly ProbeModel _model = new();

    public void Dispose() => _model.Dispose();

    [Fact]
    public void Memory_is_bounded_over_20000_rows()
    {
        var view = new ProbeView(20_000);
        using (var cursor = Open(view, "Score"))
            for (var row = 0; cursor.MoveNext(); row++)
            {
                Assert.InRange(view.RowsRead - row, 0, MostRowsAhead);
                if (row % 1000 == 0)
                    Assert.InRange(view.LiveImages(), 0, 2);                 // the last of each of two batches: of the others there are copies
            }
        Assert.Equal(20_000, view.RowsRead);
        Assert.Equal(0, view.OpenCursors);
    }

    [Fact]
    public void Images_handed_out_are_not_piled_up()
    {
        var view = new ProbeView(2000);
        using var cursor = Open(view, "Score", "Image");
        var getScore = cursor.GetGetter<VBuffer<float>>(cursor.Schema["Score"]);
        var getImage = cursor.GetGetter<MLImage>(cursor.Schema["Image"]);
        VBuffer<float> score = default;
        MLImage image = null!;
        for (var row = 0; cursor.MoveNext(); row++)
        {
            getImage(ref image);
            getScore(ref score);
            if (row % 100 == 0)
                Assert.InRange(view.LiveImages(), 0, 1);                     // the caller's is the scorer's
        }
    }

    [Fact]
    public void Large_values_are_read_ahead_by_bytes()
    {
        const int Length = 1 << 20;                                          // 4 MB each
        var view = new ProbeView(60) { VectorLength = _ => Length };
        using var cursor = Open(view, "Score", "Vector");
        for (var row = 0; cursor.MoveNext(); row++)
            Assert.InRange(view.RowsRead - row, 0, 2 * 8);                   // two batches of 32 MB
        Assert.Equal(60, view.RowsRead);
    }

    [Fact]
    public void A_few_rows_do_not_wait_for_many()
    {
        var view = new ProbeView(1000);
        using var cursor = Open(view, "Score");
        Assert.True(cursor.MoveNext());
        Assert.InRange(view.RowsRead, 1, 16);
    }

    [Fact]
    public void A_cursor_disposed_early_stops_what_runs_ahead()
    {
        using var reached = new ManualResetEventSlim();
        using var disposing = new ManualResetEventSlim();
        var view = new ProbeView(1000)
        {
            BeforeGet = (column, row) =>
            {
                if (column != "Image" || row != 30)
                    return;
                reached.Set();
                Assert.True(disposing.Wait(TimeSpan.FromSeconds(60)));
            },
        };
        var cursor = Open(view, "Score");
        for (var row = 0; row < 16; row++)
            Assert.True(cursor.MoveNext());                                  // the second batch is on its way
        Assert.True(reached.Wait(TimeSpan.FromSeconds(60)));
        var dispose = new Thread(cursor.Dispose);
        dispose.Start();
        // Dispose waits for the reading thread, which waits for this one: it is then known to have begun.
        Assert.True(SpinWait.SpinUntil(() => dispose.ThreadState.HasFlag(ThreadState.WaitSleepJoin), TimeSpan.FromSeconds(60)));
        disposing.Set();
        dispose.Join();
        Assert.Equal(31, view.RowsRead);
        Assert.Equal(0, view.OpenCursors);
        Assert.False(cursor.MoveNext());
        cursor.Dispose();
        Assert.False(view.WasUsedAfterDispose);
    }

    [Fact]
    public void Cursors_disposed_anywhere_use_nothing_afterwards()
    {
        for (var rows = 0; rows < 120; rows += 7)
        {
            var view = new ProbeView(200);
            var cursor = Open(view, "Name", "Score");
            for (var row = 0; row < rows; row++)
                Assert.True(cursor.MoveNext());
            cursor.Dispose();
            Assert.Equal((0, false), (view.OpenCursors, view.WasUsedAfterDispose));
        }
    }

    [Fact]
    public void No_file_stays_open_after_an_early_Dispose()
    {
        if (!OperatingSystem.IsLinux())
            return;
        using var folder = new TempFolder();
        Write(folder.Path, 200);
        var ml = new MLContext(seed: 1);
        var rows = ml.Data.LoadFromEnumerable(ImageFolder.Read(folder.Path));
        var scored = _model.Transformer.Transform(ml.Transforms.LoadImages("Image", folder.Path, "ImagePath").Fit(rows).Transform(rows));
        using (var cursor = scored.GetRowCursor([scored.Schema["Score"]]))
            for (var row = 0; row < 20; row++)
                Assert.True(cursor.MoveNext());
        var open = new DirectoryInfo("/proc/self/fd").GetFileSystemInfos().Select(file => file.LinkTarget ?? "");
        Assert.DoesNotContain(open, target => target.StartsWith(folder.Path, StringComparison.Ordinal));
    }

    [Fact]
    public void Cursors_and_engines_score_at_the_same_time()
    {
        for (var row = 0; row < 300; row++)
            _model.Expected(row);
        Parallel.For(0, 6, worker =>
        {
            if (worker % 2 == 0)
                CheckAll(new ProbeView(300));
            else
            {
                using var engine = _model.CreateEngine();
                for (var row = 0; row < 300; row++)
                {
                    using var image = ProbeView.Picture(row);
                    Close.Absolute(_model.Expected(row), engine.Predict(new() { Image = image }).Score, 1e-6);
                }
            }
        });
    }

    [Fact]
    public async Task A_transformer_disposed_while_others_score_goes_on_scoring()
    {
        for (var row = 0; row < 300; row++)
            _model.Expected(row);
        using var done = new CancellationTokenSource();
        var scoring = Task.Run(async () =>
        {
            try
            {
                for (var i = 0; i < 5; i++)
                    CheckAll(new ProbeView(300));
            }
            finally
            {
                await done.CancelAsync();
            }
        });
        while (!done.IsCancellationRequested)
            _model.Transformer.Dispose();
        await scoring;
    }

    [Fact]
    public void A_model_outlives_the_engine_that_owned_it()
    {
        var ml = new MLContext(seed: 1);
        var row = new ImageRow { Image = ProbeView.Picture(0) };
        for (var i = 0; i < 2; i++)
            using (var engine = ml.Model.CreatePredictionEngine<ImageRow, ProbeModel.Scores>(_model.Transformer))
                Assert.Equal(_model.Expected(0), engine.Predict(row).Score);
    }

    private void CheckAll(ProbeView view)
    {
        using var cursor = Open(view, "Score");
        var getScore = cursor.GetGetter<VBuffer<float>>(cursor.Schema["Score"]);
        VBuffer<float> score = default;
        for (var row = 0; cursor.MoveNext(); row++)
        {
            getScore(ref score);
            Close.Absolute(_model.Expected(row), score.GetValues(), 1e-5);
        }
    }

    private DataViewRowCursor Open(ProbeView view, params string[] active)
    {
        var scored = _model.Transformer.Transform(view);
        return scored.GetRowCursor(scored.Schema.Where(column => active.Contains(column.Name)));
    }
}
