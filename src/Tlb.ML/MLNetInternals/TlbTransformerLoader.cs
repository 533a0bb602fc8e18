using Microsoft.ML.Runtime;
using Tlb.ML;

[assembly: LoadableClass(typeof(TlbTransformer), typeof(TlbTransformerLoader), null, typeof(SignatureLoadModel), "Temporal Latent Bottleneck image classifier", TlbTransformerLoader.Signature)]

namespace Tlb.ML;

/// <summary>The transformer's form in ML.NET's model zip: a plain <c>mlContext.Model.Load</c> finds this class and gets the transformer back.</summary>
internal static class TlbTransformerLoader
{
    /// <summary>The name that a zip gives of what loads the transformer.</summary>
    internal const string Signature = "TlbTransformer";

    private const string DescriptionEntry = "Model.json";
    private const string WeightsEntry = "Weights.safetensors";

    private static VersionInfo GetVersionInfo() => new(
        modelSignature: "TLBIMAGE",
        verWrittenCur: 0x00010001,
        verReadableCur: 0x00010001,
        verWeCanReadBack: 0x00010001,
        loaderSignature: Signature,
        loaderAssemblyName: typeof(TlbTransformer).Assembly.FullName);

    /// <summary>Saves a transformer.</summary>
    public static void Save(ModelSaveContext context, TlbTransformer transformer)
    {
        context.CheckAtModel();
        context.SetVersionInfo(GetVersionInfo());

        // The model's own stream names the columns; the rest lies beside it, where other programs can read it.
        context.SaveNonEmptyString(transformer.FeatureColumnName);
        context.SaveNonEmptyString(transformer.ScoreColumnName);
        context.SaveNonEmptyString(transformer.PredictedLabelColumnName);
        var (description, weights) = ModelFile.Write(transformer.Model);
        context.SaveBinaryStream(DescriptionEntry, writer => writer.Write(description));
        context.SaveBinaryStream(WeightsEntry, writer => writer.Write(weights));
    }

    /// <summary>Called by ML.NET when it loads a model.</summary>
    private static TlbTransformer Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ctx.CheckAtModel(GetVersionInfo());
        var (feature, score, predicted) = (ctx.LoadNonEmptyString(), ctx.LoadNonEmptyString(), ctx.LoadNonEmptyString());
        var transformer = new TlbTransformer(env, ModelFile.Read(ReadEntry(ctx, DescriptionEntry), ReadEntry(ctx, WeightsEntry)), feature, score, predicted);
        transformer.LogEngine();
        return transformer;
    }

    private static byte[] ReadEntry(ModelLoadContext ctx, string name)
    {
        using var bytes = new MemoryStream();
        return ctx.TryLoadBinaryStream(name, reader => reader.BaseStream.CopyTo(bytes))
            ? bytes.ToArray()
            : throw new FormatException($"The Tlb model is damaged: it lacks its entry '{name}'.");
    }
}
