using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.ML;
using Microsoft.ML.Data;
using Tlb.Examples.ImageClassifier;
using Tlb.ML;

namespace Tlb.Examples.Service;

/// <summary>A loaded model file, used by any number of requests at a time.</summary>
internal sealed class ServedModel : IDisposable
{
    private readonly MLContext _ml = new();
    private readonly ITransformer _model;
    private readonly TlbTransformer _network;
    private readonly SchemaDefinition _columns;
    private readonly ConcurrentBag<PredictionEngine<Received, Scored>> _engines = [];   // each is for one request at a time

    private ServedModel(byte[] zip, string file, int maximumPixels)
    {
        using var stream = new MemoryStream(zip);
        _model = _ml.Model.Load(stream, out _);
        var stages = Stages(_model).ToList();
        var decoding = stages.OfType<ImageDecodingTransformer>().FirstOrDefault()
            ?? throw new InvalidDataException($"The model '{file}' does not read images with DecodeImages, which takes bytes; expected one that does, such as tlb-images train saves.");
        _network = stages.OfType<TlbTransformer>().FirstOrDefault() ?? throw new InvalidDataException($"The model '{file}' holds no Tlb network.");
        decoding.MaximumPixels = maximumPixels;
        _columns = SchemaDefinition.Create(typeof(Received));
        _columns[nameof(Received.Content)].ColumnName = decoding.InputColumnName;
        var (weights, layout) = (_network.Model.Weights, _network.Model.ImageLayout);
        Description = new(Path.GetFileName(file), Convert.ToHexStringLower(SHA256.HashData(zip)), DateTimeOffset.UtcNow, layout.Width, layout.Height, weights.Layout.ValueCount, _network.Model.ClassNames);
        _engines.Add(CreateEngine());                                        // columns that it can't do without are missed now
    }

    /// <summary>What is known of it.</summary>
    public ModelDescription Description { get; }

    /// <summary>Loads a model.</summary>
    /// <param name="file">The model file.</param>
    /// <param name="maximumPixels">The most pixels of an image.</param>
    /// <exception cref="InvalidDataException">It is no model that takes images and classifies them with a Tlb network.</exception>
    public static ServedModel Load(string file, int maximumPixels)
    {
        var zip = File.ReadAllBytes(file);
        try
        {
            return new(zip, file, maximumPixels);
        }
        catch (Exception e) when (e is not (InvalidDataException or OutOfMemoryException))   // whatever ML.NET throws of a file
        {
            throw new InvalidDataException($"The model '{file}' can't be loaded: {e.GetBaseException().Message}", e);
        }
    }

    /// <summary>The stages of a model, at any depth.</summary>
    public static IEnumerable<ITransformer> Stages(ITransformer model) => model is IEnumerable<ITransformer> chain ? chain.SelectMany(Stages) : [model];

    /// <summary>Classifies an image.</summary>
    /// <param name="image">The bytes of its file.</param>
    /// <param name="top">The most classes.</param>
    /// <param name="attention">Whether to draw what the network attended to.</param>
    /// <exception cref="InvalidDataException">It can't be read.</exception>
    public Classification Classify(byte[] image, int top, bool attention)
    {
        var received = new Received { Content = image };
        var explanation = attention ? Explain(received) : null;
        var scores = explanation?.Score ?? Score(received);
        var classes = scores.Zip(Description.Classes, (probability, name) => new ClassProbability(name, probability)).OrderByDescending(each => each.Probability).Take(top);
        return new([.. classes], explanation is null ? null : Overlay(explanation), Description.Sha256);
    }

    /// <summary>Frees what scoring holds. A request that still uses it may finish.</summary>
    public void Dispose() => (_model as IDisposable)?.Dispose();

    private float[] Score(Received received)
    {
        if (!_engines.TryTake(out var engine))
            engine = CreateEngine();
        try
        {
            return engine.Predict(received).Score;
        }
        finally
        {
            _engines.Add(engine);
        }
    }

    private ImageExplanation Explain(Received received) => _network.Explain(_model.Transform(_ml.Data.LoadFromEnumerable([received], _columns))).Single();

    private PredictionEngine<Received, Scored> CreateEngine() => _ml.Model.CreatePredictionEngine<Received, Scored>(_model, inputSchemaDefinition: _columns);

    private static string Overlay(ImageExplanation explanation)
    {
        using var overlay = explanation.CreateOverlay();
        return $"data:image/png;base64,{Convert.ToBase64String(Png.Encode(overlay))}";
    }

    private sealed class Received
    {
        public string Label { get; set; } = "";

        public byte[] Content { get; set; } = [];
    }

    private sealed class Scored
    {
        public float[] Score { get; set; } = [];
    }
}
