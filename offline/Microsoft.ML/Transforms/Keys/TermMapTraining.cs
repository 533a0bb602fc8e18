using Microsoft.ML.Data;
using Microsoft.ML.Internal.Utilities;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms;

/// <summary>Collects the values of columns.</summary>
internal static class TermMapTraining
{
    public static TermMap[] Train(IHost host, IChannel channel, IDataView data, ValueToKeyMappingEstimator.ColumnOptions[] columns)
    {
        foreach (var column in columns)
            channel.CheckUserArg(column.MaximumNumberOfKeys > 0, "MaxNumTerms", "Must be positive");
        var sources = columns.Select(c => data.Schema[c.InputColumnName]).ToArray();
        var needed = sources.Select(c => c.Index).ToHashSet();
        TermCollector[] collectors;
        using (var cursor = data.GetRowCursor(data.Schema.Where(c => needed.Contains(c.Index))))
        using (host.StartProgressChannel("Building term dictionary"))
        {
            collectors = [.. columns.Select((c, i) => TermCollector.Create(cursor, sources[i], c.MaximumNumberOfKeys))];
            // Columns that are full need no more rows.
            while (collectors.Any(c => !c.IsFull) && cursor.MoveNext())
            {
                foreach (var collector in collectors)
                    collector.AddCurrent();
            }
        }
        foreach (var (collector, column) in collectors.Zip(columns).Where(pair => pair.First.Count == 0))
            channel.Warning("Term map for output column '{0}' contains no entries.", column.OutputColumnName);
        return [.. collectors.Zip(columns, (collector, column) => collector.Finish(column.KeyOrdinality))];
    }

    /// <summary>One map for all columns, from data that hold just the values.</summary>
    public static TermMap[] FromKeyData(IHost host, IChannel channel, IDataView keyData,
        ValueToKeyMappingEstimator.ColumnOptions[] columns, DataViewType[] types)
    {
        var source = keyData.Schema[0];
        var wanted = types[0].GetItemType();
        if (!source.Type.Equals(wanted))
            throw channel.ExceptUserArg(nameof(keyData), "Input data's column must be of type '{0}' but was '{1}'", wanted, source.Type);
        TermMap map;
        using (var cursor = keyData.GetRowCursor(source))
        using (host.StartProgressChannel("Building dictionary from term data"))
        {
            var collector = TermCollector.Create(cursor, source, int.MaxValue);
            while (cursor.MoveNext())
                collector.AddCurrent();
            if (collector.Count == 0)
                channel.Warning("Map from the term data resulted in an empty map.");
            map = collector.Finish(columns[0].KeyOrdinality);
        }
        for (var i = 0; i < types.Length; i++)
        {
            if (!map.ItemType.Equals(types[i].GetItemType()))
            {
                throw channel.ExceptParam(nameof(keyData), "Terms from input data type '{0}' but mismatches column '{1}' item type '{2}'",
                    map.ItemType, columns[i].OutputColumnName, types[i].GetItemType());
            }
        }
        return [.. columns.Select(_ => map)];
    }

    private abstract class TermCollector
    {
        public abstract int Count { get; }

        public abstract bool IsFull { get; }

        public static TermCollector Create(DataViewRow row, DataViewSchema.Column column, int limit)
        {
            var item = (PrimitiveDataViewType)column.Type.GetItemType();
            if (item is TextDataViewType)
                return new Collector<ReadOnlyMemory<char>>(row, column, limit, new TextTermMap());
            return Utils.MarshalInvoke(CreateForValues<int>, item.RawType, row, column, limit, item);
        }

        public abstract void AddCurrent();

        public abstract TermMap Finish(ValueToKeyMappingEstimator.KeyOrdinality ordinality);

        private static TermCollector CreateForValues<T>(DataViewRow row, DataViewSchema.Column column, int limit,
            PrimitiveDataViewType item)
            where T : IEquatable<T>, IComparable<T> => new Collector<T>(row, column, limit, new ValueTermMap<T>(item));
    }

    private sealed class Collector<T> : TermCollector
    {
        private readonly int _limit;
        private readonly TermMap<T> _map;
        private readonly ValueGetter<T> _scalar;
        private readonly ValueGetter<VBuffer<T>> _vector;
        private T _value;
        private VBuffer<T> _values;

        public Collector(DataViewRow row, DataViewSchema.Column column, int limit, TermMap<T> map)
        {
            _limit = limit;
            _map = map;
            if (column.Type is VectorDataViewType)
                _vector = row.GetGetter<VBuffer<T>>(row.Schema[column.Index]);
            else
                _scalar = row.GetGetter<T>(row.Schema[column.Index]);
        }

        public override int Count => _map.Count;

        public override bool IsFull => _map.Count >= _limit;

        public override void AddCurrent()
        {
            if (IsFull)
                return;
            if (_scalar is not null)
            {
                _scalar(ref _value);
                _map.TryAdd(_value);
                return;
            }
            _vector(ref _values);
            foreach (var value in _values.DenseValues())
            {
                _map.TryAdd(value);
                if (IsFull)
                    return;
            }
        }

        public override TermMap Finish(ValueToKeyMappingEstimator.KeyOrdinality ordinality) =>
            ordinality == ValueToKeyMappingEstimator.KeyOrdinality.ByValue ? _map.Sorted() : _map;
    }
}
