using Tlb.Tests;

namespace Tlb.ML.Tests;

/// <summary>What a cursor over scored rows gives: all rows, in order, with every column's own values, whatever is read ahead.</summary>
public sealed class BatchCursorTests : IDisposable
{
    // Alone an image goes through other vector lanes than in a batch, which add up in another order. Rows differ by more than 1e-4.
    private const double Tolerance = 1e-5;

    private static readonly string[] NoImage = ["Number", "Name", "Vector", "Key", "Date", "Score", "PredictedLabel"];

    private readonly ProbeModel _model = new();

    public void Dispose() => _model.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(700)]
    public void Every_row_comes_once_in_order_with_its_own_values(int count)
    {
        var view = new ProbeView(count);
        using var cursor = Open(view, NoImage);
        var check = Checker(cursor, NoImage);
        Assert.Equal(-1, cursor.Position);
        for (var row = 0; row < count; row++)
        {
            Assert.True(cursor.MoveNext());
            Assert.Equal((row, row / ProbeView.RowsPerBatch), (cursor.Position, cursor.Batch));
            check(row);
        }
        Assert.False(cursor.MoveNext());
        Assert.False(cursor.MoveNext());
        Assert.Equal(-1, cursor.Position);
        Assert.Equal(count, view.Calls.GetValueOrDefault("Image"));          // read once, for the score and the label together
    }

    [Fact]
    public void Any_columns_may_be_active()
    {
        string[] all = ["Image", .. NoImage];
        for (var subset = 0; subset < 1 << all.Length; subset++)
        {
            string[] active = [.. all.Where((_, i) => (subset & 1 << i) != 0)];
            var view = new ProbeView(18);                                    // more than the first batch
            using var cursor = Open(view, active);
            var check = Checker(cursor, active);
            foreach (var column in cursor.Schema)
                Assert.Equal(active.Contains(column.Name), cursor.IsColumnActive(column));
            for (var row = 0; row < 18; row++)
            {
                Assert.True(cursor.MoveNext());
                check(row);
            }
            Assert.False(cursor.MoveNext());
            if (!active.Contains("Image") && !active.Contains("Score") && !active.Contains("PredictedLabel"))
                Assert.False(view.Calls.ContainsKey("Image"), $"images were read for {string.Join(", ", active)}");
        }
    }

    [Fact]
    public void Inactive_columns_have_no_getters()
    {
        foreach (var name in NoImage)
        {
            using var cursor = Open(new ProbeView(1), [.. NoImage.Where(other => other != name)]);
            Assert.Throws<ArgumentOutOfRangeException>(() => cursor.GetGetter<int>(cursor.Schema[name]));
        }
    }

    [Fact]
    public void Values_of_earlier_rows_stay_as_they_were()
    {
        using var cursor = Open(new ProbeView(700), NoImage);
        var getVector = cursor.GetGetter<VBuffer<float>>(cursor.Schema["Vector"]);
        var getScore = cursor.GetGetter<VBuffer<float>>(cursor.Schema["Score"]);
        var getName = cursor.GetGetter<ReadOnlyMemory<char>>(cursor.Schema["Name"]);
        var kept = new List<(VBuffer<float> Vector, VBuffer<float> Score, ReadOnlyMemory<char> Name)>();
        while (cursor.MoveNext())
        {
            (VBuffer<float> vector, VBuffer<float> score, ReadOnlyMemory<char> name) = (default, default, default);
            getVector(ref vector);
            getScore(ref score);
            getName(ref name);
            kept.Add((vector, score, name));
        }
        Assert.Equal(700, kept.Count);
        for (var row = 0; row < kept.Count; row++)
        {
            Assert.Equal(ProbeView.Vector(row, row % 4), kept[row].Vector.DenseValues());
            Close.Absolute(_model.Expected(row), kept[row].Score.GetValues(), Tolerance);
            Assert.Equal(ProbeView.Name(row), kept[row].Name.ToString());
        }
    }

    [Fact]
    public void A_caller_that_changes_what_it_got_changes_nothing_for_others()
    {
        using var cursor = Open(new ProbeView(3), ["Vector", "Score"]);
        foreach (var column in cursor.Schema.Where(column => column.Name is "Vector" or "Score"))
            Assert.IsType<VectorDataViewType>(column.Type);
        var getScore = cursor.GetGetter<VBuffer<float>>(cursor.Schema["Score"]);
        Assert.True(cursor.MoveNext());
        VBuffer<float> mine = default;
        getScore(ref mine);
        VBufferEditor.CreateFromBuffer(ref mine).Values.Clear();
        VBuffer<float> again = default;
        getScore(ref again);
        Close.Absolute(_model.Expected(0), again.GetValues(), Tolerance);
    }

    [Fact]
    public void Getters_throw_where_there_is_no_row()
    {
        foreach (var active in new[] { NoImage, [.. NoImage, "Image"] })     // in batches and row by row
        {
            using var cursor = Open(new ProbeView(2), active);
            var getScore = cursor.GetGetter<VBuffer<float>>(cursor.Schema["Score"]);
            var getLabel = cursor.GetGetter<uint>(cursor.Schema["PredictedLabel"]);
            VBuffer<float> score = default;
            uint label = 0;
            Assert.Throws<InvalidOperationException>(() => getScore(ref score));
            Assert.Throws<InvalidOperationException>(() => getLabel(ref label));
        }
        using var ended = Open(new ProbeView(1), NoImage);
        var (getName, getId) = (ended.GetGetter<ReadOnlyMemory<char>>(ended.Schema["Name"]), ended.GetIdGetter());
        Assert.True(ended.MoveNext());
        Assert.False(ended.MoveNext());
        ReadOnlyMemory<char> name = default;
        DataViewRowId id = default;
        Assert.Throws<InvalidOperationException>(() => getName(ref name));
        Assert.Throws<InvalidOperationException>(() => getId(ref id));
    }

    [Fact]
    public void Shuffled_rows_keep_their_values()
    {
        using var cursor = Open(new ProbeView(300), NoImage, new Random(3));
        var getNumber = cursor.GetGetter<long>(cursor.Schema["Number"]);
        var check = Checker(cursor, NoImage);
        var seen = new List<long>();
        while (cursor.MoveNext())
        {
            long row = 0;
            getNumber(ref row);
            check(row);
            Assert.Equal(seen.Count, cursor.Position);
            seen.Add(row);
        }
        Assert.NotEqual(Enumerable.Range(0, 300).Select(row => (long)row), seen);
        Assert.Equal(Enumerable.Range(0, 300).Select(row => (long)row), seen.Order());
    }

    [Fact]
    public void A_set_of_cursors_gives_every_row_once_and_their_order_by_batches()
    {
        var scored = _model.Transformer.Transform(new ProbeView(500));
        var cursors = scored.GetRowCursorSet(scored.Schema.Where(column => NoImage.Contains(column.Name)), 3);
        Assert.Equal(3, cursors.Length);
        for (var row = 0; row <= 500; row++)
            _model.Expected(row);                                            // from now on it is only looked up, by all threads
        var rows = cursors.AsParallel().WithDegreeOfParallelism(3).SelectMany((cursor, place) =>
        {
            using (cursor)
            {
                var getNumber = cursor.GetGetter<long>(cursor.Schema["Number"]);
                var check = Checker(cursor, NoImage);
                var read = new List<(long Batch, int Cursor, long Row)>();
                while (cursor.MoveNext())
                {
                    long row = 0;
                    getNumber(ref row);
                    check(row);
                    Assert.Equal(read.Count, cursor.Position);
                    Assert.True(read.Count == 0 || read[^1].Batch <= cursor.Batch);
                    read.Add((cursor.Batch, place, row));
                }
                return read;
            }
        }).ToList();
        Assert.All(rows.GroupBy(row => row.Batch), batch => Assert.Single(batch.DistinctBy(row => row.Cursor)));
        Assert.Equal(Enumerable.Range(0, 500).Select(row => (long)row), rows.OrderBy(row => row.Batch).ThenBy(row => row.Row).Select(row => row.Row));
    }

    [Fact]
    public void Two_cursors_over_one_view_do_not_disturb_each_other()
    {
        var scored = _model.Transformer.Transform(new ProbeView(200));
        using var first = scored.GetRowCursor(scored.Schema.Where(column => NoImage.Contains(column.Name)));
        using var second = scored.GetRowCursor(scored.Schema.Where(column => NoImage.Contains(column.Name)));
        var (checkFirst, checkSecond) = (Checker(first, NoImage), Checker(second, NoImage));
        for (var row = 0; row < 200; row++)
        {
            Assert.True(first.MoveNext());
            if (row % 2 == 1)
                continue;
            Assert.True(second.MoveNext());
            checkSecond(row / 2);
            checkFirst(row);
        }
    }

    private DataViewRowCursor Open(ProbeView view, string[] active, Random? random = null)
    {
        var scored = _model.Transformer.Transform(view);
        return scored.GetRowCursor(scored.Schema.Where(column => active.Contains(column.Name)), random);
    }

    /// <summary>Compares all active columns of the cursor's row, and its id, with those of a row of the probe.</summary>
    private Action<long> Checker(DataViewRowCursor cursor, string[] active)
    {
        var checks = new List<Action<long>>();
        var getId = cursor.GetIdGetter();
        checks.Add(row =>
        {
            DataViewRowId id = default;
            getId(ref id);
            Assert.Equal(new DataViewRowId((ulong)row, 7), id);
        });
        Add<long>("Number", Assert.Equal);
        Add<ReadOnlyMemory<char>>("Name", (row, value) => Assert.Equal(ProbeView.Name(row), value.ToString()));
        Add<VBuffer<float>>("Vector", (row, value) => Assert.Equal(ProbeView.Vector(row, (int)(row % 4)), value.DenseValues()));
        Add<uint>("Key", (row, value) => Assert.Equal((uint)(row % 6), value));
        Add<DateTime>("Date", (row, value) => Assert.Equal(ProbeView.Date(row), value));
        Add<VBuffer<float>>("Score", (row, value) => Close.Absolute(_model.Expected(row), value.GetValues(), Tolerance, $"row {row}"));
        Add<uint>("PredictedLabel", (row, value) => Assert.Equal((uint)Array.IndexOf(_model.Expected(row), _model.Expected(row).Max()) + 1, value));
        Add<MLImage>("Image", (row, value) =>
        {
            using var expected = ProbeView.Picture(row);
            Assert.Equal(expected.Pixels, value.Pixels);
        });
        return row => checks.ForEach(check => check(row));

        void Add<T>(string name, Action<long, T> compare)
        {
            if (!active.Contains(name))
                return;
            var get = cursor.GetGetter<T>(cursor.Schema[name]);
            T value = default!;                                              // handed in again for each row, as ML.NET's own readers do
            checks.Add(row =>
            {
                get(ref value);
                compare(row, value);
            });
        }
    }
}
