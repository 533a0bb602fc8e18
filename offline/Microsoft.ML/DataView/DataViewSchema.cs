using System.Collections;
using System.Diagnostics;
using Microsoft.ML.Data;

namespace Microsoft.ML;

/// <summary>The columns of a data view or row.</summary>
[DebuggerDisplay("{ToString()}")]
public sealed partial class DataViewSchema : IReadOnlyList<DataViewSchema.Column>
{
    private readonly Column[] _columns;
    private readonly Dictionary<string, int> _indexOf = [];

    private DataViewSchema(Column[] columns)
    {
        _columns = columns;
        foreach (var column in columns)
            _indexOf[column.Name] = column.Index;
    }

    public int Count => _columns.Length;

    /// <summary>The last column of that name, which hides the others.</summary>
    public Column this[string name] =>
        GetColumnOrNull(name) ?? throw new ArgumentOutOfRangeException(nameof(name), $"Column '{name}' not found");

    public Column this[int columnIndex] => 0 <= columnIndex && columnIndex < _columns.Length
        ? _columns[columnIndex]
        : throw new ArgumentOutOfRangeException(nameof(columnIndex));

    public Column? GetColumnOrNull(string name)
    {
        CheckName(name);
        return _indexOf.TryGetValue(name, out var index) ? _columns[index] : null;
    }

    public IEnumerator<Column> GetEnumerator() => ((IEnumerable<Column>)_columns).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => $"{Count} columns";

    // The packages throw this type for empty names, too.
    private static void CheckName(string name)
    {
        if (string.IsNullOrEmpty(name))
            throw new ArgumentNullException(nameof(name));
    }

    /// <summary>A column at its place in a schema.</summary>
    public struct Column
    {
        internal Column(string name, int index, bool isHidden, DataViewType type, Annotations annotations)
        {
            CheckName(name);
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            Name = name;
            Index = index;
            IsHidden = isHidden;
            Type = type ?? throw new ArgumentNullException(nameof(type));
            Annotations = annotations ?? Annotations.Empty;
        }

        public string Name { get; }

        public int Index { get; }

        /// <summary>Whether a later column has the same name.</summary>
        public bool IsHidden { get; }

        public DataViewType Type { get; }

        public Annotations Annotations { get; }

        public override string ToString() => Annotations is { Schema.Count: > 0 }
            ? $"{Name}: {Type} {{{string.Join(", ", Annotations.Schema.Select(a => a.Name))}}}"
            : $"{Name}: {Type}";
    }

    /// <summary>A column that stands in no schema yet.</summary>
    public struct DetachedColumn
    {
        public DetachedColumn(string name, DataViewType type, Annotations annotations = null)
        {
            CheckName(name);
            Name = name;
            Type = type ?? throw new ArgumentNullException(nameof(type));
            Annotations = annotations ?? Annotations.Empty;
        }

        public DetachedColumn(Column column)
        {
            Name = column.Name;
            Type = column.Type;
            Annotations = column.Annotations;
        }

        public string Name { get; }

        public DataViewType Type { get; }

        public Annotations Annotations { get; }
    }

    /// <summary>Collects columns into a schema.</summary>
    public sealed class Builder
    {
        private readonly List<DetachedColumn> _columns = [];

        public void AddColumn(string name, DataViewType type, Annotations annotations = null) =>
            _columns.Add(new DetachedColumn(name, type, annotations));

        public void AddColumns(IEnumerable<Column> source)
        {
            foreach (var column in source)
                AddColumn(column.Name, column.Type, column.Annotations);
        }

        public void AddColumns(IEnumerable<DetachedColumn> source)
        {
            foreach (var column in source)
                AddColumn(column.Name, column.Type, column.Annotations);
        }

        public DataViewSchema ToSchema()
        {
            var last = new Dictionary<string, int>();
            for (var i = 0; i < _columns.Count; i++)
                last[_columns[i].Name] = i;
            return new DataViewSchema([.. _columns.Select((c, i) => new Column(c.Name, i, last[c.Name] != i, c.Type, c.Annotations))]);
        }
    }
}
