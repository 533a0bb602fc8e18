using System.CommandLine;
using Microsoft.ML;
using Tlb.Core;
using Tlb.ML;

namespace Tlb.Examples.ImageClassifier;

/// <summary>Where and how exactly a network is computed.</summary>
internal static class ComputeSettings
{
    /// <summary>The heading that <c>--help</c> lists these options under.</summary>
    public const string Heading = "Computation";

    public static readonly ProgramOption<ComputeDevice> Device = new("--device", "Where to compute.")
    {
        Heading = Heading,
        Range = "one of auto, cpu, cuda, cuda:N",
        Parse = ComputeDevice.Parse,
    };

    public static readonly ProgramOption<Precision> Precision = new("--precision", "The type of number to compute in.") { Heading = Heading };

    public static readonly ProgramOption<long> WorkMemory = new("--work-memory", "The most bytes of working memory of the network.")
    {
        Heading = Heading, Range = "1 or more", DefaultValueFactory = _ => new TlbTrainer.Options().WorkMemory,
    };

    public static readonly ProgramOption<bool?> Mirror = new("--mirror", "Scores the mirror image of each picture too and takes the mean: more accurate where training mirrored, in twice the time; --mirror false takes the picture alone.")
    {
        Heading = Heading, Default = "as the model says",
    };

    /// <summary>Loads a model that decodes and computes as the options say.</summary>
    public static ITransformer Load(MLContext ml, string path, ParseResult arguments)
    {
        var model = ml.Model.Load(path, out _);
        ModelStages.Bound(model, arguments);
        foreach (var tlb in ModelStages.Networks(model))
        {
            (tlb.Device, tlb.Precision, tlb.WorkMemory) = (arguments.GetValue(Device), arguments.GetValue(Precision), arguments.GetValue(WorkMemory));
            tlb.Model.AverageMirrorImages = arguments.GetValue(Mirror) ?? tlb.Model.AverageMirrorImages;
        }
        return model;
    }
}
