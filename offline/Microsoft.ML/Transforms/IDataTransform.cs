namespace Microsoft.ML.Data;

/// <summary>A data view over another one.</summary>
internal interface IDataTransform : IDataView
{
    IDataView Source { get; }
}
