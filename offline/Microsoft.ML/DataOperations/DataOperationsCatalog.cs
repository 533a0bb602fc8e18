using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;

namespace Microsoft.ML;

/// <summary>Makes data views from objects, objects from data views, and other views of the same rows.</summary>
public sealed class DataOperationsCatalog : IInternalCatalog
{
    private readonly IHostEnvironment _env;

    internal DataOperationsCatalog(IHostEnvironment env) => _env = env;

    IHostEnvironment IInternalCatalog.Environment => _env;

    public IDataView LoadFromEnumerable<TRow>(IEnumerable<TRow> data, SchemaDefinition schemaDefinition = null)
        where TRow : class
    {
        _env.CheckValue(data, nameof(data));
        return new StreamingDataView<TRow>(_env, data, schemaDefinition is null
            ? MemberColumn.AllOf(typeof(TRow), SchemaDefinition.Direction.Read)
            : MemberColumn.AllOf(typeof(TRow), schemaDefinition));
    }

    public IDataView LoadFromEnumerable<TRow>(IEnumerable<TRow> data, DataViewSchema schema)
        where TRow : class
    {
        _env.CheckValue(data, nameof(data));
        _env.CheckValue(schema, nameof(schema));
        var definition = DataViewConstructionUtils.GetSchemaDefinition<TRow>(_env, schema);
        return new StreamingDataView<TRow>(_env, data, MemberColumn.AllOf(typeof(TRow), definition));
    }

    public IEnumerable<TRow> CreateEnumerable<TRow>(IDataView data, bool reuseRowObject, bool ignoreMissingColumns = false,
        SchemaDefinition schemaDefinition = null)
        where TRow : class, new()
    {
        _env.CheckValue(data, nameof(data));
        return TypedCursorable<TRow>.Create(_env, data, ignoreMissingColumns, schemaDefinition).ReadAll(() => new TRow(), reuseRowObject);
    }

    public IDataView Cache(IDataView input, params string[] columnsToPrefetch)
    {
        _env.CheckValue(input, nameof(input));
        var prefetch = (columnsToPrefetch ?? []).Select(name => input.Schema.TryGetColumnIndex(name, out var index)
            ? index
            : throw _env.ExceptSchemaMismatch(nameof(columnsToPrefetch), "prefetch", name)).ToArray();
        return new CacheDataView(_env, input, prefetch);
    }

    public IDataView FilterRowsByColumn(IDataView input, string columnName, double lowerBound = double.NegativeInfinity,
        double upperBound = double.PositiveInfinity)
    {
        _env.CheckValue(input, nameof(input));
        _env.CheckNonEmpty(columnName, nameof(columnName));
        _env.CheckParam(lowerBound < upperBound, nameof(upperBound), "Must be less than lowerBound");
        var type = input.Schema[columnName].Type;
        if (type is not NumberDataViewType)
            throw _env.ExceptSchemaMismatch(nameof(columnName), "filter", columnName, "number", type.ToString());
        return new RangeFilter(_env, input, new(columnName, lowerBound, upperBound, IncludeMax: false));
    }

    public IDataView FilterRowsByKeyColumnFraction(IDataView input, string columnName, double lowerBound = 0, double upperBound = 1)
    {
        _env.CheckValue(input, nameof(input));
        _env.CheckNonEmpty(columnName, nameof(columnName));
        _env.CheckParam(lowerBound is >= 0 and <= 1, nameof(lowerBound), "Must be in [0, 1]");
        _env.CheckParam(upperBound is >= 0 and <= 1, nameof(upperBound), "Must be in [0, 1]");
        _env.CheckParam(lowerBound <= upperBound, nameof(upperBound), "Must be no less than lowerBound");
        var type = input.Schema[columnName].Type;
        if (type.GetKeyCount() == 0)
            throw _env.ExceptSchemaMismatch(nameof(columnName), "filter", columnName, "KeyType", type.ToString());
        return new RangeFilter(_env, input, new(columnName, lowerBound, upperBound, IncludeMax: false));
    }

    public IDataView ShuffleRows(IDataView input, int? seed = null, int shufflePoolSize = 1000, bool shuffleSource = true)
    {
        _env.CheckValue(input, nameof(input));
        _env.CheckUserArg(shufflePoolSize > 0, nameof(shufflePoolSize), "Must be positive");
        return new RowShufflingTransformer(_env, input, shufflePoolSize, shuffleSource, seed);
    }

    public IDataView SkipRows(IDataView input, long count)
    {
        _env.CheckValue(input, nameof(input));
        _env.CheckUserArg(count > 0, nameof(count), "Must be greater than zero.");
        return new SkipTakeFilter(_env, input, skip: count, take: long.MaxValue);
    }

    public IDataView TakeRows(IDataView input, long count)
    {
        _env.CheckValue(input, nameof(input));
        _env.CheckUserArg(count > 0, nameof(count), "Must be greater than zero.");
        return new SkipTakeFilter(_env, input, skip: 0, take: count);
    }

    public TrainTestData TrainTestSplit(IDataView data, double testFraction = 0.1, string samplingKeyColumnName = null, int? seed = null)
    {
        _env.CheckValue(data, nameof(data));
        _env.CheckParam(testFraction is > 0 and < 1, nameof(testFraction), "Must be between 0 and 1 exclusive");
        var column = CreateSplitColumn(_env, ref data, samplingKeyColumnName, seed, fallbackInEnvSeed: true);
        return Split(_env, data, new(column, 0, testFraction));
    }

    public IReadOnlyList<TrainTestData> CrossValidationSplit(IDataView data, int numberOfFolds = 5, string samplingKeyColumnName = null,
        int? seed = null)
    {
        _env.CheckValue(data, nameof(data));
        _env.CheckParam(numberOfFolds > 1, nameof(numberOfFolds), "Must be more than 1");
        var column = CreateSplitColumn(_env, ref data, samplingKeyColumnName, seed, fallbackInEnvSeed: true);
        return [.. CrossValidationSplit(_env, data, column, numberOfFolds)];
    }

    internal static IEnumerable<TrainTestData> CrossValidationSplit(IHostEnvironment env, IDataView data, string splitColumn,
        int numberOfFolds = 5)
    {
        env.CheckValue(splitColumn, nameof(splitColumn));
        for (var fold = 0; fold < numberOfFolds; fold++)
        {
            var (min, max) = ((double)fold / numberOfFolds, (double)(fold + 1) / numberOfFolds);
            yield return Split(env, data, new(splitColumn, min, max, IncludeMax: true));
        }
    }

    /// <summary>Adds the column that decides which rows go where, and returns its name.</summary>
    internal static string CreateSplitColumn(IHostEnvironment env, ref IDataView data, string samplingKeyColumn, int? seed = null,
        bool fallbackInEnvSeed = false)
    {
        Contracts.CheckValue(env, nameof(env));
        var name = data.Schema.GetTempColumnName("SplitColumn");
        if (fallbackInEnvSeed)
            seed ??= ((IHostEnvironmentInternal)env).Seed;
        data = samplingKeyColumn is null
            ? new GenerateNumberTransform(env, data, name, (uint?)seed)
            : SamplingKeyColumn.Add(env, data, name, samplingKeyColumn, seed);
        return name;
    }

    private static TrainTestData Split(IHostEnvironment env, IDataView data, RangeFilter.Range testRows)
    {
        var train = new RangeFilter(env, data, testRows with { Complement = true });
        var test = new RangeFilter(env, data, testRows);
        return new TrainTestData(
            ColumnSelectingTransformer.CreateDrop(env, train, testRows.Column),
            ColumnSelectingTransformer.CreateDrop(env, test, testRows.Column));
    }

    /// <summary>Two views that share the rows of one among them.</summary>
    public struct TrainTestData
    {
        public readonly IDataView TrainSet;
        public readonly IDataView TestSet;

        internal TrainTestData(IDataView trainSet, IDataView testSet)
        {
            TrainSet = trainSet;
            TestSet = testSet;
        }
    }
}
