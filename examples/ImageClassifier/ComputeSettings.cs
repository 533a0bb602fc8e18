using System.CommandLine;
using Microsoft.ML;
using Tlb.Core;
using Tlb.ML;

namespace Tlb.Examples.ImageClassifier;

/// <summary>Where and how exactly a network is computed.</summary>
internal static class ComputeSettings
{
    public static readonly Option<ComputeDevice> Device = new("--device")
    {
        Description = "auto, cpu, cuda or cuda:N.",
        CustomParser = result =>
        {
            try
            {
                return ComputeDevice.Parse(result.Tokens[0].Value);
            }
            catch (FormatException e)
            {
                result.AddError(e.Message);
                return default;
            }
        },
    };

    public static readonly Option<Precision> Precision = new("--precision") { Description = "Auto, Float32, BFloat16 or Float16." };

    /// <summary>Loads a model that computes as the options say.</summary>
    public static ITransformer Load(MLContext ml, string path, ParseResult arguments)
    {
        var model = ml.Model.Load(path, out _);
        foreach (var tlb in TlbStages.Of(model))
            (tlb.Device, tlb.Precision) = (arguments.GetValue(Device), arguments.GetValue(Precision));
        return model;
    }
}
