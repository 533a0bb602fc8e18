using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// <summary>Base of the engines that predict for one object at a time.</summary>
public abstract class PredictionEngineBase<TSrc, TDst> : IDisposable
    where TSrc : class
    where TDst : class, new()
{
    private readonly InputRow<TSrc> _inputRow;
    private readonly Action<TDst> _fill;
    private readonly bool _ownsTransformer;
    private bool _disposed;

    private protected PredictionEngineBase(IHostEnvironment env, ITransformer transformer, bool ignoreMissingColumns,
        SchemaDefinition inputSchemaDefinition = null, SchemaDefinition outputSchemaDefinition = null, bool ownsTransformer = true)
    {
        Contracts.CheckValue(env, nameof(env));
        env.CheckValue(transformer, nameof(transformer));
        env.CheckParam(transformer.IsRowToRowMapper, nameof(transformer), "Must be a row to row mapper");
        Transformer = transformer;
        _ownsTransformer = ownsTransformer;
        _inputRow = new InputRow<TSrc>(env, inputSchemaDefinition is null
            ? MemberColumn.AllOf(typeof(TSrc), SchemaDefinition.Direction.Read)
            : MemberColumn.AllOf(typeof(TSrc), inputSchemaDefinition));
        var mapper = transformer.GetRowToRowMapper(_inputRow.Schema);
        var output = TypedCursorable<TDst>.Create(env, new EmptyDataView(env, mapper.OutputSchema), ignoreMissingColumns,
            outputSchemaDefinition);
        _fill = output.Bind(mapper.GetRow(_inputRow, mapper.OutputSchema));
        OutputSchema = transformer.GetOutputSchema(_inputRow.Schema);
    }

    public DataViewSchema OutputSchema { get; }

    private protected ITransformer Transformer { get; }

    public TDst Predict(TSrc example)
    {
        var prediction = new TDst();
        Predict(example, ref prediction);
        return prediction;
    }

    public abstract void Predict(TSrc example, ref TDst prediction);

    public void Dispose()
    {
        if (_disposed)
            return;
        _inputRow.Dispose();
        if (_ownsTransformer)
            (Transformer as IDisposable)?.Dispose();
        _disposed = true;
    }

    private protected void ExtractValues(TSrc example) => _inputRow.ExtractValues(example);

    private protected void FillValues(TDst prediction) => _fill(prediction);
}
