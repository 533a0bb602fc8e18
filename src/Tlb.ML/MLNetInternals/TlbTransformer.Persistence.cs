using Microsoft.ML.Runtime;
using Tlb.ML;

[assembly: LoadableClass(typeof(TlbTransformer), null, typeof(SignatureLoadModel), "Temporal Latent Bottleneck image classifier", TlbTransformer.LoaderSignature)]

namespace Tlb.ML;

/// <summary>The transformer's form in ML.NET's model zip: a plain <c>mlContext.Model.Load</c> gives it back.</summary>
public sealed partial class TlbTransformer
{
    internal const string LoaderSignature = "TlbTransformer";

    private const string DescriptionEntry = "Model.json";
    private const string WeightsEntry = "Weights.safetensors";

    private static VersionInfo GetVersionInfo() => new(
        modelSignature: "TLBIMAGE",
        verWrittenCur: 0x00010001,
        verReadableCur: 0x00010001,
        verWeCanReadBack: 0x00010001,
        loaderSignature: LoaderSignature,
        loaderAssemblyName: typeof(TlbTransformer).Assembly.FullName);

    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        ArgumentNullException.ThrowIfNull(ctx);
        ctx.CheckAtModel();
        ctx.SetVersionInfo(GetVersionInfo());

        // The model's own stream names the columns; the rest lies beside it, where other programs can read it.
        ctx.SaveNonEmptyString(FeatureColumnName);
        ctx.SaveNonEmptyString(ScoreColumnName);
        ctx.SaveNonEmptyString(PredictedLabelColumnName);
        var (description, weights) = ModelFile.Write(Model);
        ctx.SaveBinaryStream(DescriptionEntry, writer => writer.Write(description));
        ctx.SaveBinaryStream(WeightsEntry, writer => writer.Write(weights));
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
