using System.Runtime.ExceptionServices;
using static Tlb.ML.ScoredBatch;

namespace Tlb.ML;

/// <summary>A cursor over the input with the scores of its images: reads, decodes and scores ahead in batches, and hands rows out in order.</summary>
/// <remarks>
/// While the caller is at the rows of one batch, the next is made on all cores. The first batches are small, so that whoever
/// wants a few rows does not wait for many.
/// </remarks>
internal sealed class TlbBatchCursor : DataViewRowCursor, IRowScores
{
    private const int FirstRows = 16;
    private const int MostRows = 256;
    private const int MostBytes = 32 << 20;
    private const int MostLargeBytes = 256 << 20;                            // of a few images that are large ones

    private readonly TlbRowMapper _mapper;
    private readonly ParallelRowReader<BatchWorker> _reader;
    private readonly BufferedRow _root;
    private readonly DataViewRow _row;
    private readonly OutputGetters _getters;
    private readonly int _mostRows;
    private readonly CancellationTokenSource _stop = new();
    private ScoredBatch _current;
    private ScoredBatch _other;
    private WorkAhead? _filling;
    private int _rows = FirstRows;
    private int _index = -1;
    private long _position = -1;
    private bool _isDone;

    /// <summary>Opens a cursor.</summary>
    /// <param name="mapper">The columns.</param>
    /// <param name="chain">The input.</param>
    /// <param name="cursor">A cursor over the input's root, with the columns of <see cref="RootColumns"/>.</param>
    /// <param name="active">The indexes of the active columns, a computed one among them.</param>
    public TlbBatchCursor(TlbRowMapper mapper, RowChain chain, DataViewRowCursor cursor, IReadOnlySet<int> active)
    {
        _mapper = mapper;
        var inputColumns = mapper.InputColumns(active);
        _reader = new(chain, cursor, mapper.ScoringColumns, inputColumns, (row, root) => new(new(mapper.Transformer, row, mapper.Feature), root));
        var layout = ScoringImages.Layout(mapper.Transformer, mapper.Feature);
        var rowBytes = layout.ByteCount + (long)sizeof(float) * mapper.Transformer.Model.Network.NumberOfClasses;
        _mostRows = (int)Math.Clamp(MostBytes / rowBytes, Math.Clamp(MostLargeBytes / rowBytes, 1, FirstRows), MostRows);
        (_current, _other) = (CreateBatch(), CreateBatch());
        _root = new(_current.Rows);
        _row = chain.CreateRow(_root, inputColumns);
        _getters = new(mapper, _row, active, this);

        ScoredBatch CreateBatch() => new(_reader.CreateBuffer(_mostRows), layout, mapper.Transformer.Model.Network.NumberOfClasses);
    }

    public override DataViewSchema Schema => _mapper.OutputSchema;

    public override long Position => _position;

    public override long Batch => _index < 0 ? 0 : _current.Rows.Batch(_index);

    /// <summary>The columns of the root that a cursor over it must have.</summary>
    public static IEnumerable<DataViewSchema.Column> RootColumns(TlbRowMapper mapper, RowChain chain, IReadOnlySet<int> active) =>
        chain.RootColumns(mapper.NeededColumns(active));

    public override ValueGetter<DataViewRowId> GetIdGetter() => _root.GetIdGetter();

    public override bool IsColumnActive(DataViewSchema.Column column) => _getters.IsActive(column);

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => _getters.Get<TValue>(column);

    public void GetScore(ref VBuffer<float> score) => RowScores.CopyTo(Probabilities, ref score);

    public void GetPredictedLabel(ref uint label) => label = RowScores.PredictedLabel(Probabilities);

    public override bool MoveNext()
    {
        if (_isDone)
            return false;
        if (_index + 1 < _current.Rows.Count)
            _index++;
        else if (!TakeNextBatch())
        {
            Finish();
            return false;
        }
        if (_index == 1 && _current.End is null)
            StartFilling();                                                  // not at row 0: it may be all that is wanted
        _position++;
        _root.MoveTo(_current.Rows, _index);
        return true;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            Finish();
        base.Dispose(disposing);
    }

    private ReadOnlySpan<float> Probabilities => _current.Probabilities(_root.Row, _mapper.Transformer);

    /// <summary>Goes on to the next batch.</summary>
    /// <returns>Whether it has rows.</returns>
    private bool TakeNextBatch()
    {
        Throw(_current.End);
        StartFilling();
        _filling!.Wait();
        _filling = null;
        (_current, _other, _index) = (_other, _current, 0);
        if (_current.Rows.Count == 0)
            Throw(_current.End);
        return _current.Rows.Count > 0;

        static void Throw(Exception? error)
        {
            if (error is not null)
                ExceptionDispatchInfo.Throw(error);
        }
    }

    private void StartFilling()
    {
        if (_filling is not null)
            return;
        var (batch, rows) = (_other, Math.Min(_rows, _mostRows));
        _rows = rows * 4;
        _filling = WorkAhead.Begin(() => batch.Fill(_mapper.Transformer, _reader, rows, _stop.Token));
    }

    /// <summary>Stops what runs ahead and lets go of everything: at the end of the rows, or where the caller wants no more.</summary>
    private void Finish()
    {
        if (_isDone)
            return;
        _isDone = true;
        (_position, _index) = (-1, -1);
        _root.MoveTo(_current.Rows, -1);
        _stop.Cancel();
        _filling?.Drop();
        _row.Dispose();
        _reader.Dispose();
        _stop.Dispose();
    }
}
