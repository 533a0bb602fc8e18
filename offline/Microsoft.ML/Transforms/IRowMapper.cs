namespace Microsoft.ML.Data;

/// <summary>Computes new columns from the rows of one schema.</summary>
internal interface IRowMapper : ICanSaveModel
{
    Func<int, bool> GetDependencies(Func<int, bool> activeOutput);

    Delegate[] CreateGetters(DataViewRow input, Func<int, bool> activeOutput, out Action disposer);

    DataViewSchema.DetachedColumn[] GetOutputColumns();

    ITransformer GetTransformer();
}
