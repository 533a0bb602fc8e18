using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>Base of the transformers that add columns computed from each row alone.</summary>
public abstract class RowToRowTransformerBase : ITransformer
{
    private protected readonly IHost Host;

    private protected RowToRowTransformerBase(IHost host) => Host = host;

    bool ITransformer.IsRowToRowMapper => true;

    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema)
    {
        Host.CheckValue(inputSchema, nameof(inputSchema));
        return new ColumnBindings(inputSchema, MakeRowMapper(inputSchema).GetOutputColumns()).Schema;
    }

    public IDataView Transform(IDataView input)
    {
        Host.CheckValue(input, nameof(input));
        return new RowToRowMapperTransform(Host, input, MakeRowMapper(input.Schema));
    }

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema)
    {
        Host.CheckValue(inputSchema, nameof(inputSchema));
        return new RowToRowMapperTransform(Host, new EmptyDataView(Host, inputSchema), MakeRowMapper(inputSchema));
    }

    void ICanSaveModel.Save(ModelSaveContext ctx) => SaveModel(ctx);

    private protected abstract void SaveModel(ModelSaveContext ctx);

    private protected abstract IRowMapper MakeRowMapper(DataViewSchema schema);

    /// <summary>The transformer bound to a schema.</summary>
    private protected abstract class MapperBase : IRowMapper
    {
        protected readonly IHost Host;
        protected readonly DataViewSchema InputSchema;
        protected readonly Lazy<DataViewSchema.DetachedColumn[]> OutputColumns;

        private readonly RowToRowTransformerBase _parent;

        protected MapperBase(IHost host, DataViewSchema inputSchema, RowToRowTransformerBase parent)
        {
            Contracts.CheckValue(host, nameof(host));
            Contracts.CheckValue(inputSchema, nameof(inputSchema));
            Host = host;
            InputSchema = inputSchema;
            _parent = parent;
            OutputColumns = new Lazy<DataViewSchema.DetachedColumn[]>(GetOutputColumnsCore);
        }

        DataViewSchema.DetachedColumn[] IRowMapper.GetOutputColumns() => OutputColumns.Value;

        Func<int, bool> IRowMapper.GetDependencies(Func<int, bool> activeOutput) => GetDependenciesCore(activeOutput);

        void ICanSaveModel.Save(ModelSaveContext ctx) => SaveModel(ctx);

        public ITransformer GetTransformer() => _parent;

        public virtual Delegate[] CreateGetters(DataViewRow input, Func<int, bool> activeOutput, out Action disposer)
        {
            disposer = null;
            var getters = new Delegate[OutputColumns.Value.Length];
            for (var i = 0; i < getters.Length; i++)
            {
                if (!activeOutput(i))
                    continue;
                getters[i] = MakeGetter(input, i, activeOutput, out var columnDisposer);
                disposer += columnDisposer;
            }
            return getters;
        }

        protected abstract DataViewSchema.DetachedColumn[] GetOutputColumnsCore();

        protected abstract Delegate MakeGetter(DataViewRow input, int iinfo, Func<int, bool> activeOutput, out Action disposer);

        private protected abstract Func<int, bool> GetDependenciesCore(Func<int, bool> activeOutput);

        private protected abstract void SaveModel(ModelSaveContext ctx);
    }
}
