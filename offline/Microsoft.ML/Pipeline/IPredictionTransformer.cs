namespace Microsoft.ML;

/// <summary>A transformer around a trained model.</summary>
public interface IPredictionTransformer<out TModel> : ITransformer
    where TModel : class
{
    TModel Model { get; }
}
