using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>A row over whichever object it was given last.</summary>
internal sealed class InputRow<TRow> : ObjectRow<TRow>
    where TRow : class
{
    private TRow _value;
    private long _position = -1;

    public InputRow(IHostEnvironment env, MemberColumn[] columns)
        : base(env, MemberColumn.MakeSchema(columns), columns, _ => true)
    {
    }

    public override long Position => _position;

    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = new DataViewRowId((ulong)Position, 0);

    public void ExtractValues(TRow row)
    {
        Host.CheckValue(row, nameof(row));
        _value = row;
        _position++;
    }

    protected override TRow GetCurrentRowObject()
    {
        Host.Check(Position >= 0, RowCursorUtils.FetchValueStateError);
        return _value;
    }
}
