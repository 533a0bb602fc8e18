using System.Collections;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

[assembly: LoadableClass(typeof(TransformerChain<ITransformer>), typeof(TransformerChain), null, typeof(SignatureLoadModel),
    "Transformer chain", TransformerChain.LoaderSignature)]

namespace Microsoft.ML.Data;

/// <summary>Transformers one after the other.</summary>
public sealed class TransformerChain<TLastTransformer> : ITransformer, IEnumerable<ITransformer>, ITransformerChainAccessor, IDisposable
    where TLastTransformer : class, ITransformer
{
    public readonly TLastTransformer LastTransformer;

    private readonly ITransformer[] _transformers;
    private readonly TransformerScope[] _scopes;
    private bool _disposed;

    public TransformerChain(IEnumerable<ITransformer> transformers, IEnumerable<TransformerScope> scopes)
    {
        _transformers = [.. transformers ?? []];
        _scopes = [.. scopes ?? []];
        LastTransformer = _transformers.LastOrDefault() as TLastTransformer;
        Contracts.Check(_transformers.Length > 0 == LastTransformer is not null);
        Contracts.Check(_transformers.Length == _scopes.Length);
    }

    public TransformerChain(params ITransformer[] transformers)
        : this(transformers, transformers?.Select(_ => TransformerScope.Everything))
    {
    }

    internal TransformerChain(IHostEnvironment env, ModelLoadContext ctx)
    {
        _transformers = new ITransformer[ctx.Reader.ReadInt32()];
        _scopes = new TransformerScope[_transformers.Length];
        for (var i = 0; i < _transformers.Length; i++)
        {
            _scopes[i] = (TransformerScope)ctx.Reader.ReadInt32();
            ctx.LoadModel<ITransformer, SignatureLoadModel>(env, out _transformers[i], TransformerChain.DirectoryOf(i));
        }
        LastTransformer = _transformers.LastOrDefault() as TLastTransformer;
    }

    bool ITransformer.IsRowToRowMapper => _transformers.All(t => t.IsRowToRowMapper);

    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => GetOutputSchema(inputSchema, TransformerScope.Scoring);

    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema, TransformerScope scope)
    {
        Contracts.CheckValue(inputSchema, nameof(inputSchema));
        return GetModelFor(scope).Aggregate(inputSchema, (schema, transformer) => transformer.GetOutputSchema(schema));
    }

    public IDataView Transform(IDataView input) => Transform(input, TransformerScope.Scoring);

    public IDataView Transform(IDataView input, TransformerScope scope)
    {
        Contracts.CheckValue(input, nameof(input));
        var links = GetModelFor(scope);
        // Before any link is applied, all of them agree to the schema.
        links.GetOutputSchema(input.Schema);
        return links.Aggregate(input, (view, transformer) => transformer.Transform(view));
    }

    public TransformerChain<ITransformer> GetModelFor(TransformerScope scopeFilter)
    {
        var links = _transformers.Zip(_scopes).Where(link => (link.Second & scopeFilter) != TransformerScope.None).ToArray();
        return new TransformerChain<ITransformer>(links.Select(link => link.First), links.Select(link => link.Second));
    }

    public TransformerChain<TNewLast> Append<TNewLast>(TNewLast transformer, TransformerScope scope = TransformerScope.Everything)
        where TNewLast : class, ITransformer
    {
        Contracts.CheckValue(transformer, nameof(transformer));
        return new TransformerChain<TNewLast>([.. _transformers, transformer], [.. _scopes, scope]);
    }

    public IEnumerator<ITransformer> GetEnumerator() => ((IEnumerable<ITransformer>)_transformers).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public void Dispose()
    {
        if (_disposed)
            return;
        foreach (var transformer in _transformers)
            (transformer as IDisposable)?.Dispose();
        _disposed = true;
    }

    IDataView ITransformerChainAccessor.Transform(IDataView input, TransformerScope scope) => Transform(input, scope);

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema)
    {
        Contracts.CheckValue(inputSchema, nameof(inputSchema));
        Contracts.Check(((ITransformer)this).IsRowToRowMapper, nameof(ITransformer.GetRowToRowMapper) + " method called despite " +
            nameof(ITransformer.IsRowToRowMapper) + " being false.");
        var mappers = new IRowToRowMapper[_transformers.Length];
        var schema = inputSchema;
        for (var i = 0; i < mappers.Length; i++)
        {
            mappers[i] = _transformers[i].GetRowToRowMapper(schema);
            schema = mappers[i].OutputSchema;
        }
        return new CompositeRowToRowMapper(inputSchema, mappers);
    }

    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        ctx.CheckAtModel();
        ctx.SetVersionInfo(TransformerChain.Version);
        ctx.Writer.Write(_transformers.Length);
        for (var i = 0; i < _transformers.Length; i++)
        {
            ctx.Writer.Write((int)_scopes[i]);
            ctx.SaveModel(_transformers[i], TransformerChain.DirectoryOf(i));
        }
    }
}

/// <summary>A chain, whatever its last transformer is.</summary>
internal interface ITransformerChainAccessor
{
    IDataView Transform(IDataView input, TransformerScope scope);
}

internal static class TransformerChain
{
    public const string LoaderSignature = "TransformerChain";

    public static readonly VersionInfo Version = new("XF CHAIN", 0x00010001, 0x00010001, 0x00010001, PackageAssembly.Data, LoaderSignature);

    public static string DirectoryOf(int index) => $"Transform_{index:000}";

    private static TransformerChain<ITransformer> Create(IHostEnvironment env, ModelLoadContext ctx) => new(env, ctx);
}
