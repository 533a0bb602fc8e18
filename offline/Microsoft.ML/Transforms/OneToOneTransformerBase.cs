using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>Base of the transformers that make each of their columns from one input column.</summary>
public abstract class OneToOneTransformerBase : RowToRowTransformerBase
{
    internal readonly (string outputColumnName, string inputColumnName)[] ColumnPairs;

    private protected OneToOneTransformerBase(IHost host, params (string outputColumnName, string inputColumnName)[] columns)
        : base(host)
    {
        host.CheckValue(columns, nameof(columns));
        var names = new HashSet<string>();
        foreach (var (output, input) in columns)
        {
            host.CheckNonEmpty(input, nameof(columns));
            host.CheckNonEmpty(output, nameof(columns));
            if (!names.Add(output))
                throw Contracts.ExceptParam(nameof(columns), $"Name of the result column '{output}' specified multiple times");
        }
        ColumnPairs = columns;
    }

    private protected OneToOneTransformerBase(IHost host, ModelLoadContext ctx)
        : base(host)
    {
        ColumnPairs = new (string, string)[ctx.Reader.ReadInt32()];
        for (var i = 0; i < ColumnPairs.Length; i++)
            ColumnPairs[i] = (ctx.LoadNonEmptyString(), ctx.LoadNonEmptyString());
    }

    private protected void SaveColumns(ModelSaveContext ctx)
    {
        Host.CheckValue(ctx, nameof(ctx));
        ctx.Writer.Write(ColumnPairs.Length);
        foreach (var (output, input) in ColumnPairs)
        {
            ctx.SaveNonEmptyString(output);
            ctx.SaveNonEmptyString(input);
        }
    }

    private protected virtual void CheckInputColumn(DataViewSchema inputSchema, int col, int srcCol)
    {
    }

    private int FindInput(DataViewSchema inputSchema, int col)
    {
        if (!inputSchema.TryGetColumnIndex(ColumnPairs[col].inputColumnName, out var source))
            throw Host.ExceptSchemaMismatch(nameof(inputSchema), "input", ColumnPairs[col].inputColumnName);
        CheckInputColumn(inputSchema, col, source);
        return source;
    }

    private protected abstract class OneToOneMapperBase : MapperBase
    {
        protected readonly Dictionary<int, int> ColMapNewToOld = [];

        private readonly OneToOneTransformerBase _parent;

        protected OneToOneMapperBase(IHost host, OneToOneTransformerBase parent, DataViewSchema inputSchema)
            : base(host, inputSchema, parent)
        {
            _parent = parent;
            for (var i = 0; i < parent.ColumnPairs.Length; i++)
                ColMapNewToOld.Add(i, parent.FindInput(inputSchema, i));
        }

        private protected override Func<int, bool> GetDependenciesCore(Func<int, bool> activeOutput)
        {
            var active = new bool[InputSchema.Count];
            foreach (var (output, input) in ColMapNewToOld)
                active[input] |= activeOutput(output);
            return col => active[col];
        }

        private protected override void SaveModel(ModelSaveContext ctx) => _parent.SaveModel(ctx);
    }
}
