using Microsoft.ML.Transforms.Image;

namespace Tlb.ML;

/// <summary>A row whose image is got once for all who ask: where a stage's getter is called again at the same row, it may dispose what it gave before.</summary>
/// <param name="row">The row; it is disposed with this one.</param>
/// <param name="column">Its image column.</param>
internal sealed class SharedImageRow(DataViewRow row, DataViewSchema.Column column) : DataViewRow
{
    private ValueGetter<MLImage>? _getter;
    private MLImage? _image;                                                 // the getter's: it disposes the last one where it made it
    private long _position = -1;

    public override DataViewSchema Schema => row.Schema;

    public override long Position => row.Position;

    public override long Batch => row.Batch;

    public override ValueGetter<DataViewRowId> GetIdGetter() => row.GetIdGetter();

    public override bool IsColumnActive(DataViewSchema.Column column) => row.IsColumnActive(column);

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column other) =>
        other.Index == column.Index && column.Type is ImageDataViewType && (ValueGetter<MLImage>)Get is ValueGetter<TValue> getter ? getter : row.GetGetter<TValue>(other);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            row.Dispose();
        base.Dispose(disposing);
    }

    private void Get(ref MLImage image)
    {
        if (row.Position < 0 || row.Position != _position)
        {
            _position = -1;                                                  // nothing stale is left behind by an exception
            _getter ??= row.GetGetter<MLImage>(column);
            _getter(ref _image!);
            _position = row.Position;
        }
        image = _image!;
    }
}
