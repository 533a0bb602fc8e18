using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>Row mappers one after the other.</summary>
internal sealed class CompositeRowToRowMapper(DataViewSchema inputSchema, IRowToRowMapper[] mappers) : IRowToRowMapper, IDisposable
{
    private bool _disposed;

    public DataViewSchema InputSchema => inputSchema;

    public DataViewSchema OutputSchema => mappers.LastOrDefault()?.OutputSchema ?? inputSchema;

    public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns) =>
        mappers.Reverse().Aggregate(dependingColumns, (columns, mapper) => mapper.GetDependencies(columns));

    public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns)
    {
        Contracts.CheckValue(input, nameof(input));
        Contracts.CheckValue(activeColumns, nameof(activeColumns));
        Contracts.CheckParam(input.Schema == InputSchema, nameof(input), "Schema did not match original schema");
        var active = activeColumns.Select(c => c.Index).ToHashSet();
        if (mappers.Length == 0)
        {
            foreach (var column in input.Schema.Where(c => active.Contains(c.Index) && !input.IsColumnActive(c)))
                throw Contracts.ExceptParam(nameof(input), $"Mapper required column '{column.Name}' active but it was not.");
            return input;
        }

        var needed = new IEnumerable<DataViewSchema.Column>[mappers.Length];
        needed[^1] = OutputSchema.Where(c => active.Contains(c.Index));
        for (var i = mappers.Length - 1; i > 0; i--)
            needed[i - 1] = mappers[i].GetDependencies(needed[i]);
        var row = input;
        for (var i = 0; i < mappers.Length; i++)
            row = mappers[i].GetRow(row, needed[i]);
        return row;
    }

    public void Dispose()
    {
        if (_disposed)
            return;
        foreach (var mapper in mappers)
            (mapper as IDisposable)?.Dispose();
        _disposed = true;
    }
}
