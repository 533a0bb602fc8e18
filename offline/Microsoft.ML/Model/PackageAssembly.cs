using System.Reflection;

namespace Microsoft.ML;

/// <summary>
/// The assemblies of the packages, as model files name them: every stage names the one that it lives in there,
/// so that the packages find it; here all of them are this assembly.
/// </summary>
internal static class PackageAssembly
{
    public const string Data = "Microsoft.ML.Data" + Identity;
    public const string ImageAnalytics = "Microsoft.ML.ImageAnalytics" + Identity;

    private const string Identity = ", Version=1.0.0.0, Culture=neutral, PublicKeyToken=cc7b13ffcd2ddd51";

    /// <summary>Loads the assembly that a file names. Of the packages only those are here that some stage names itself.</summary>
    public static Assembly Load(string fullName) =>
        new AssemblyName(fullName).Name is "Microsoft.ML.Data" or "Microsoft.ML.ImageAnalytics"
            ? typeof(PackageAssembly).Assembly
            : Assembly.Load(fullName);
}
