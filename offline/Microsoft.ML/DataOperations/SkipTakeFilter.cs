using Microsoft.ML.Data;
using Microsoft.ML.Internal.Utilities;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms;

/// <summary>Leaves out the first rows, or all but the first rows.</summary>
internal sealed class SkipTakeFilter(IHostEnvironment env, IDataView input, long skip, long take)
    : TransformBase(env, "SkipTakeFilter", input)
{
    public override bool CanShuffle => false;

    public override long? GetRowCount() => Source.GetRowCount() is { } count ? Math.Min(Math.Max(0, count - skip), take) : null;

    public override DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random rand = null) =>
        [GetRowCursorCore(columnsNeeded)];

    protected override bool? ShouldUseParallelCursors(Func<int, bool> predicate) => false;

    protected override DataViewRowCursor GetRowCursorCore(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand = null) =>
        new Cursor(Host, Source.GetRowCursor(columnsNeeded), OutputSchema, Utils.BuildArray(OutputSchema.Count, columnsNeeded), skip, take);

    private sealed class Cursor(IHost host, DataViewRowCursor input, DataViewSchema schema, bool[] active, long skip, long take)
        : LinkedRowRootCursorBase(host, input, schema, active)
    {
        private long _skipped;
        private long _taken;

        public override long Batch => 0;

        protected override bool MoveNextCore()
        {
            if (_taken == take)
                return false;
            _taken++;
            for (; _skipped < skip; _skipped++)
            {
                if (!Root.MoveNext())
                    return false;
            }
            return Root.MoveNext();
        }
    }
}
