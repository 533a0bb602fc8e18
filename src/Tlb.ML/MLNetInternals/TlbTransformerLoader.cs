using System.IO.Compression;
using System.Runtime.CompilerServices;
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
    private const uint First = 0x00010001;
    private const uint WithChecksum = 0x00010002;                            // of the whole model; the first had one of the weights only
    private const long MostDescriptionBytes = 64 << 20;                      // a million class labels of 60 letters

    private static VersionInfo GetVersionInfo() => new(
        modelSignature: "TLBIMAGE",
        verWrittenCur: WithChecksum,
        verReadableCur: WithChecksum,                                        // the first refuses what it does not read to the end
        verWeCanReadBack: First,
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
        context.SaveNonEmptyString(ModelFile.Checksum(description, transformer.FeatureColumnName, transformer.ScoreColumnName, transformer.PredictedLabelColumnName));
        context.SaveBinaryStream(DescriptionEntry, writer => writer.Write(description));
        context.SaveBinaryStream(WeightsEntry, writer => writer.Write(weights));
    }

    /// <summary>Called by ML.NET when it loads a model.</summary>
    private static TlbTransformer Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ctx.CheckAtModel(GetVersionInfo());
        var (feature, score, predicted) = (ctx.LoadNonEmptyString(), ctx.LoadNonEmptyString(), ctx.LoadNonEmptyString());
        var description = ReadEntry(ctx, DescriptionEntry, MostDescriptionBytes);
        if (ctx.Header.ModelVerWritten >= WithChecksum && ctx.LoadNonEmptyString() != ModelFile.Checksum(description, feature, score, predicted))
            throw new FormatException("The Tlb model is damaged: its description or its columns' names are not those that were saved: their checksum differs.");
        var file = ModelFile.Read(description);
        var transformer = new TlbTransformer(env, file.ToModel(ReadEntry(ctx, WeightsEntry, file.MostWeightsBytes)), feature, score, predicted);
        transformer.LogEngine();
        return transformer;
    }

    private static byte[] ReadEntry(ModelLoadContext ctx, string name, long most)
    {
        // ML.NET unpacks all that an entry promises, to the disk, before anyone can read it.
        if (DeclaredLength(ctx, name) is var declared && declared > most)
            throw new FormatException(FormattableString.Invariant($"The Tlb model is damaged: its entry '{name}' unpacks to {declared:N0} bytes; expected at most {most:N0}."));
        using var bytes = new MemoryStream();
        return ctx.TryLoadBinaryStream(name, reader => reader.BaseStream.CopyTo(bytes))
            ? bytes.ToArray()
            : throw new FormatException($"The Tlb model is damaged: it lacks its entry '{name}'.");
    }

    /// <summary>What a zip says an entry unpacks to; .NET unpacks no more than that. 0 where there is no such entry.</summary>
    private static long DeclaredLength(ModelLoadContext ctx, string name)
    {
        var path = Normalized(Path.Combine(ctx.Directory ?? "", name));
        try
        {
            return Archive(ctx.Repository).Entries.Where(entry => Normalized(entry.FullName) == path).Max(entry => (long?)entry.Length) ?? 0;
        }
        catch (MissingFieldException)                                        // another ML.NET than this was tested with: models are to load all the same
        {
            return 0;
        }

        static string Normalized(string path) => path.Replace('\\', '/');
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_archive")]
    private static extern ref readonly ZipArchive Archive(RepositoryReader reader);
}
