using Microsoft.ML.Model.OnnxConverter;
using Microsoft.ML.Runtime;

namespace Tlb.ML;

/// <summary>
/// Refuses ML.NET's ONNX export. It walks back from view to view, takes one that is no such transform for the source of the data, and
/// leaves out in silence all that one computes; so the view is such a transform, and says no.
/// </summary>
internal sealed partial class TlbDataView : ITransformCanSaveOnnx
{
    IDataView IDataTransform.Source => input;

    bool ICanSaveOnnx.CanSaveOnnx(OnnxContext ctx) => throw NoOnnx();       // to answer false would stop the walk with a warning

    void ISaveAsOnnx.SaveAsOnnx(OnnxContext ctx) => throw NoOnnx();

    void ICanSaveModel.Save(ModelSaveContext ctx) => throw new NotSupportedException("Scored data can't be saved as a model; the transformer can.");

    private static NotSupportedException NoOnnx() =>
        new("ML.NET can't export a Temporal Latent Bottleneck network to ONNX. Model.SaveAsOnnx of its transformer can, without the stages around it; mlContext.Model.Save keeps all in an ML.NET zip.");
}
