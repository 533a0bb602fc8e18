using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Internal.Utilities;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;

[assembly: LoadableClass(typeof(ColumnSelectingTransformer), null, typeof(SignatureLoadModel),
    "Select Columns Transform", ColumnSelectingTransformer.LoaderSignature)]

namespace Microsoft.ML.Transforms;

/// <summary>Keeps or drops columns by name.</summary>
public sealed class ColumnSelectingTransformer : ITransformer
{
    internal const string LoaderSignature = "SelectColumnsTransform";

    private static readonly VersionInfo Version =
        new("SELCOLST", 0x00010001, 0x00010001, 0x00010001, PackageAssembly.Data, LoaderSignature);

    private readonly IHost _host;
    private readonly string[] _selectedColumns;

    internal ColumnSelectingTransformer(IHostEnvironment env, string[] keepColumns, string[] dropColumns,
        bool keepHidden = false, bool ignoreMissing = false)
    {
        _host = Contracts.CheckRef(env, nameof(env)).Register(nameof(ColumnSelectingTransformer));
        var (keeps, drops) = (Utils.Size(keepColumns) > 0, Utils.Size(dropColumns) > 0);
        _host.Check(!(keeps && drops),
            "Both " + nameof(keepColumns) + " and " + nameof(dropColumns) + " are set. Exactly one can be specified.");
        _host.Check(keeps || drops,
            "Neither " + nameof(keepColumns) + " and " + nameof(dropColumns) + " is set. Exactly one must be specified.");
        _selectedColumns = keeps ? keepColumns : dropColumns;
        KeepColumns = keeps;
        KeepHidden = keepHidden;
        IgnoreMissing = ignoreMissing;
    }

    bool ITransformer.IsRowToRowMapper => true;

    internal IEnumerable<string> SelectColumns => _selectedColumns;

    internal bool KeepColumns { get; }

    internal bool KeepHidden { get; }

    internal bool IgnoreMissing { get; }

    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema)
    {
        _host.CheckValue(inputSchema, nameof(inputSchema));
        return ColumnSubsetView.MakeSchema(inputSchema, FindSources(inputSchema, nameof(inputSchema)));
    }

    public IDataView Transform(IDataView input)
    {
        _host.CheckValue(input, nameof(input));
        return MakeView(input, nameof(input));
    }

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema)
    {
        _host.CheckValue(inputSchema, nameof(inputSchema));
        return MakeView(new EmptyDataView(_host, inputSchema), nameof(inputSchema));
    }

    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        ctx.SetVersionInfo(Version);
        ctx.Writer.WriteBoolByte(KeepColumns);
        ctx.Writer.WriteBoolByte(KeepHidden);
        ctx.Writer.WriteBoolByte(IgnoreMissing);
        ctx.Writer.Write(_selectedColumns.Length);
        foreach (var name in _selectedColumns)
            ctx.SaveNonEmptyString(name);
    }

    internal static IDataView CreateDrop(IHostEnvironment env, IDataView input, params string[] dropColumns) =>
        new ColumnSelectingTransformer(env, null, dropColumns).Transform(input);

    internal static bool IsSchemaValid(IEnumerable<string> inputColumns, IEnumerable<string> selectColumns,
        out IEnumerable<string> invalidColumns)
    {
        invalidColumns = selectColumns.Where(name => !inputColumns.Contains(name)).ToArray();
        return !invalidColumns.Any();
    }

    private static ColumnSelectingTransformer Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ctx.CheckAtModel(Version);
        var keep = ctx.Reader.ReadBoolByte();
        var keepHidden = ctx.Reader.ReadBoolByte();
        var ignoreMissing = ctx.Reader.ReadBoolByte();
        var columns = new string[ctx.Reader.ReadInt32()];
        for (var i = 0; i < columns.Length; i++)
            columns[i] = ctx.LoadNonEmptyString();
        return new ColumnSelectingTransformer(env, keep ? columns : null, keep ? null : columns, keepHidden, ignoreMissing);
    }

    private ColumnSubsetView MakeView(IDataView input, string parameter)
    {
        var sources = FindSources(input.Schema, parameter);
        _host.Register("Mapper");
        return new ColumnSubsetView(_host, "SelectColumnsDataTransform", input, sources);
    }

    // Kept columns come in the order in which they are named, the others as they were.
    private int[] FindSources(DataViewSchema schema, string parameter)
    {
        if (!IgnoreMissing && !IsSchemaValid(schema.Select(c => c.Name), _selectedColumns, out var invalidColumns))
            throw _host.ExceptSchemaMismatch(parameter, "input", string.Join(",", invalidColumns));
        var columns = KeepColumns
            ? _selectedColumns.SelectMany(name => schema.Where(c => c.Name == name && (KeepHidden || !c.IsHidden)))
            : schema.Where(c => !_selectedColumns.Contains(c.Name));
        return [.. columns.Select(c => c.Index)];
    }
}
