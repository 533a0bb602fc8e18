using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;

[assembly: LoadableClass(typeof(ColumnCopyingTransformer), null, typeof(SignatureLoadModel),
    "Copy Columns Transform", ColumnCopyingTransformer.LoaderSignature)]

namespace Microsoft.ML.Transforms;

/// <summary>Gives columns second names.</summary>
public sealed class ColumnCopyingTransformer : OneToOneTransformerBase
{
    internal const string LoaderSignature = "CopyTransform";

    private static readonly VersionInfo Version =
        new("COPYCOLT", 0x00010001, 0x00010001, 0x00010001, PackageAssembly.Data, LoaderSignature);

    internal ColumnCopyingTransformer(IHostEnvironment env, params (string outputColumnName, string inputColumnName)[] columns)
        : base(Contracts.CheckRef(env, nameof(env)).Register(nameof(ColumnCopyingTransformer)), columns)
    {
    }

    private ColumnCopyingTransformer(IHost host, ModelLoadContext ctx)
        : base(host, ctx)
    {
    }

    private static ColumnCopyingTransformer Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ctx.CheckAtModel(Version);
        return new ColumnCopyingTransformer(env.Register(nameof(ColumnCopyingTransformer)), ctx);
    }

    private protected override void SaveModel(ModelSaveContext ctx)
    {
        ctx.SetVersionInfo(Version);
        SaveColumns(ctx);
    }

    private protected override IRowMapper MakeRowMapper(DataViewSchema schema) => new Mapper(this, schema);

    private sealed class Mapper(ColumnCopyingTransformer parent, DataViewSchema inputSchema)
        : OneToOneMapperBase(parent.Host.Register(nameof(Mapper)), parent, inputSchema)
    {
        protected override DataViewSchema.DetachedColumn[] GetOutputColumnsCore() => [.. parent.ColumnPairs.Select(pair =>
        {
            var source = InputSchema[pair.inputColumnName];
            return new DataViewSchema.DetachedColumn(pair.outputColumnName, source.Type, source.Annotations);
        })];

        protected override Delegate MakeGetter(DataViewRow input, int iinfo, Func<int, bool> activeOutput, out Action disposer)
        {
            disposer = null;
            return RowCursorUtils.GetGetterAsDelegate(input, ColMapNewToOld[iinfo]);
        }
    }
}
