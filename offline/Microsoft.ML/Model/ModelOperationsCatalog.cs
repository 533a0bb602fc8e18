using Microsoft.ML.Data;
using Microsoft.ML.Data.IO;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// <summary>Saves and loads models and makes engines that predict row by row.</summary>
public sealed class ModelOperationsCatalog : IInternalCatalog
{
    internal const string SchemaEntryName = "Schema";

    private const string TransformerDirectory = "TransformerChain";

    private readonly IHostEnvironment _env;

    internal ModelOperationsCatalog(IHostEnvironment env) => _env = env;

    IHostEnvironment IInternalCatalog.Environment => _env;

    /// <summary>Saves a model, and the schema of its input unless that is null.</summary>
    public void Save(ITransformer model, DataViewSchema inputSchema, Stream stream)
    {
        _env.CheckValue(stream, nameof(stream));
        using var repository = RepositoryWriter.CreateNew(stream, _env);
        ModelSaveContext.SaveModel(repository, model, TransformerDirectory);
        if (inputSchema is not null)
            SaveSchema(inputSchema, repository);
        repository.Commit();
    }

    public void Save(ITransformer model, DataViewSchema inputSchema, string filePath)
    {
        _env.CheckNonEmpty(filePath, nameof(filePath));
        using var stream = File.Create(filePath);
        Save(model, inputSchema, stream);
    }

    /// <summary>Loads a model; the schema is null if the file has none.</summary>
    public ITransformer Load(Stream stream, out DataViewSchema inputSchema)
    {
        _env.CheckValue(stream, nameof(stream));
        using var repository = RepositoryReader.Open(stream, _env);
        using var schema = repository.OpenEntryOrNull(SchemaEntryName);
        inputSchema = schema is null ? null : new BinaryLoader(_env, schema.Stream).Schema;
        ITransformer model;
        if (schema is not null)
            ModelLoadContext.LoadModel<ITransformer, SignatureLoadModel>(_env, out model, repository, TransformerDirectory);
        else if (!ModelLoadContext.LoadModelOrNull<ITransformer, SignatureLoadModel>(_env, out model, repository, TransformerDirectory))
            throw _env.Except("Could not load legacy format model");
        return model;
    }

    public ITransformer Load(string filePath, out DataViewSchema inputSchema)
    {
        _env.CheckNonEmpty(filePath, nameof(filePath));
        using var stream = File.OpenRead(filePath);
        return Load(stream, out inputSchema);
    }

    public PredictionEngine<TSrc, TDst> CreatePredictionEngine<TSrc, TDst>(ITransformer transformer, bool ignoreMissingColumns = true,
        SchemaDefinition inputSchemaDefinition = null, SchemaDefinition outputSchemaDefinition = null)
        where TSrc : class
        where TDst : class, new() =>
        new(_env, transformer, ignoreMissingColumns, inputSchemaDefinition, outputSchemaDefinition, true);

    public PredictionEngine<TSrc, TDst> CreatePredictionEngine<TSrc, TDst>(ITransformer transformer, DataViewSchema inputSchema)
        where TSrc : class
        where TDst : class, new() =>
        new(_env, transformer, false, DataViewConstructionUtils.GetSchemaDefinition<TSrc>(_env, inputSchema), null, true);

    public PredictionEngine<TSrc, TDst> CreatePredictionEngine<TSrc, TDst>(ITransformer transformer, PredictionEngineOptions options)
        where TSrc : class
        where TDst : class, new() =>
        new(_env, transformer, options.IgnoreMissingColumns, options.InputSchemaDefinition, options.OutputSchemaDefinition,
            options.OwnsTransformer);

    private void SaveSchema(DataViewSchema schema, RepositoryWriter repository)
    {
        using var channel = _env.Start("Saving Schema");
        using var entry = repository.CreateEntry(SchemaEntryName);
        var saver = new BinarySaver(_env);
        // A view goes with the schema as in the packages: each host takes a number from the environment's random sequence.
        var columns = new List<DataViewSchema.Column>();
        foreach (var column in new EmptyDataView(_env, schema).Schema)
        {
            if (saver.IsColumnSavable(column.Type))
                columns.Add(column);
            else
            {
                channel.Info(MessageSensitivity.Schema, "The column '{0}' will not be written as it has unsavable column type.",
                    column.Name);
            }
        }
        channel.Check(columns.Count > 0, "No valid columns to save");
        saver.SaveSchema(entry.Stream, columns);
    }
}
