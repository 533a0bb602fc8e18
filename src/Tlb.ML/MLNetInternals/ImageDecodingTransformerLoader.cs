using Microsoft.ML.Runtime;
using Tlb.ML;

[assembly: LoadableClass(typeof(ImageDecodingTransformer), typeof(ImageDecodingTransformerLoader), null, typeof(SignatureLoadModel), "Image decoding", ImageDecodingTransformerLoader.Signature)]

namespace Tlb.ML;

/// <summary>The image decoding's form in ML.NET's model zip.</summary>
internal static class ImageDecodingTransformerLoader
{
    /// <summary>The name that a zip gives of what loads the transformer.</summary>
    internal const string Signature = "TlbImageDecoding";

    private const uint First = 0x00010001;

    private static VersionInfo GetVersionInfo() => new(
        modelSignature: "TLBDECOD",
        verWrittenCur: First,
        verReadableCur: First,
        verWeCanReadBack: First,
        loaderSignature: Signature,
        loaderAssemblyName: typeof(ImageDecodingTransformer).Assembly.FullName);

    /// <summary>Saves a transformer.</summary>
    public static void Save(ModelSaveContext context, ImageDecodingTransformer transformer)
    {
        context.CheckAtModel();
        context.SetVersionInfo(GetVersionInfo());
        context.SaveNonEmptyString(transformer.OutputColumnName);
        context.SaveStringOrNull(transformer.ImageFolder);
        context.SaveNonEmptyString(transformer.InputColumnName);
    }

    /// <summary>Called by ML.NET when it loads a model.</summary>
    private static ImageDecodingTransformer Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ctx.CheckAtModel(GetVersionInfo());
        return new(env, ctx.LoadNonEmptyString(), ctx.LoadStringOrNull(), ctx.LoadNonEmptyString());
    }
}
