namespace Microsoft.ML;

/// <summary>Something that saves itself into a model file.</summary>
public interface ICanSaveModel
{
    void Save(ModelSaveContext ctx);
}
