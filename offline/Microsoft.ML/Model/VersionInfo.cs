using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// <summary>What a kind of object writes about itself in the header of its saved form.</summary>
internal readonly struct VersionInfo
{
    public readonly ulong ModelSignature;
    public readonly uint VerWrittenCur;
    public readonly uint VerReadableCur;
    public readonly uint VerWeCanReadBack;
    public readonly string LoaderAssemblyName;
    public readonly string LoaderSignature;
    public readonly string LoaderSignatureAlt;

    /// <param name="modelSignature">Eight characters of one byte each; a space stands for zero.</param>
    /// <param name="verWrittenCur">The version that is written.</param>
    /// <param name="verReadableCur">The oldest reader that understands what is written.</param>
    /// <param name="verWeCanReadBack">The oldest version that can still be read.</param>
    /// <param name="loaderAssemblyName">The full name of the assembly that can load it.</param>
    /// <param name="loaderSignature">The name that it is loaded by, of up to 24 characters of one byte each.</param>
    /// <param name="loaderSignatureAlt">A second name to try.</param>
    public VersionInfo(string modelSignature, uint verWrittenCur, uint verReadableCur, uint verWeCanReadBack,
        string loaderAssemblyName, string loaderSignature = null, string loaderSignatureAlt = null)
    {
        Contracts.Check(modelSignature?.Length == 8, "Model signature must be eight characters");
        for (var i = 0; i < 8; i++)
        {
            Contracts.Check(modelSignature[i] <= byte.MaxValue);
            ModelSignature |= (ulong)(modelSignature[i] == ' ' ? 0 : modelSignature[i]) << (8 * i);
        }
        VerWrittenCur = verWrittenCur;
        VerReadableCur = verReadableCur;
        VerWeCanReadBack = verWeCanReadBack;
        LoaderAssemblyName = loaderAssemblyName;
        LoaderSignature = loaderSignature;
        LoaderSignatureAlt = loaderSignatureAlt;
    }
}
