using Microsoft.ML.Runtime;

namespace Tlb.ML;

/// <summary>ML.NET's own views and rows over what adds columns row by row.</summary>
internal static class RowMappers
{
    /// <summary>The columns with those that a mapper adds.</summary>
    public static DataViewSchema OutputSchema(DataViewSchema input, IRowMapper mapper) => RowToRowMapperTransform.GetOutputSchema(input, mapper);

    /// <summary>A view with the columns of a mapper.</summary>
    /// <param name="host">The transformer's.</param>
    /// <param name="input">The view.</param>
    /// <param name="createMapper">Makes the mapper for the columns of a view.</param>
    public static IDataView Over(IHost host, IDataView input, Func<DataViewSchema, IRowMapper> createMapper) =>
        new RowToRowMapperTransform(host, input, createMapper(input.Schema), createMapper);

    /// <summary>Rows with the columns of a mapper, without a view.</summary>
    /// <param name="host">The transformer's.</param>
    /// <param name="input">The rows' columns.</param>
    /// <param name="createMapper">Makes the mapper for the columns of a view.</param>
    public static IRowToRowMapper Over(IHost host, DataViewSchema input, Func<DataViewSchema, IRowMapper> createMapper) =>
        new RowToRowMapperTransform(host, new EmptyDataView(host, input), createMapper(input), createMapper);
}
