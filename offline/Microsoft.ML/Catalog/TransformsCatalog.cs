using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// <summary>What makes transforming estimators.</summary>
public sealed class TransformsCatalog : IInternalCatalog
{
    private readonly IHostEnvironment _environment;

    internal TransformsCatalog(IHostEnvironment env)
    {
        _environment = env;
        Conversion = new ConversionTransforms(this);
    }

    public ConversionTransforms Conversion { get; }

    IHostEnvironment IInternalCatalog.Environment => _environment;

    /// <summary>What makes estimators that change the type of values.</summary>
    public sealed class ConversionTransforms : IInternalCatalog
    {
        private readonly IHostEnvironment _environment;

        internal ConversionTransforms(TransformsCatalog owner) => _environment = owner.GetEnvironment();

        IHostEnvironment IInternalCatalog.Environment => _environment;
    }
}
