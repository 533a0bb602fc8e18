using Microsoft.ML.Data;
using Microsoft.ML.Data.IO;
using Microsoft.ML.Internal.Utilities;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms;

internal sealed class TextTermMap() : TermMap<ReadOnlyMemory<char>>(TextDataViewType.Instance)
{
    private readonly NormStr.Pool _pool = new();

    public override int Count => _pool.Count;

    public override ReadOnlyMemory<char> this[int index] => _pool.GetNormStrById(index).Value;

    public override bool TryAdd(ReadOnlyMemory<char> value)
    {
        var count = Count;
        return !value.IsEmpty && _pool.Add(value).Id == count;
    }

    public override uint KeyOf(ReadOnlyMemory<char> value) => _pool.Get(value) is { } found ? (uint)found.Id + 1 : 0;

    public override TermMap<ReadOnlyMemory<char>> Sorted()
    {
        var sorted = new TextTermMap();
        foreach (var text in _pool.Select(s => s.Value.ToString()).Order(StringComparer.Ordinal))
            sorted.TryAdd(text.AsMemory());
        return sorted;
    }

    public override void Save(ModelSaveContext ctx, IHost host, CodecFactory codecs)
    {
        WriteForm(ctx, text: true);
        ctx.Writer.Write(Count);
        foreach (var text in _pool)
            ctx.SaveNonEmptyString(text.Value);
    }

    public override void WriteTextTerms(TextWriter writer)
    {
        writer.WriteLine("# Number of terms = {0}", Count);
        foreach (var text in _pool)
            writer.WriteLine("{0}\t{1}", text.Id, text.Value);
    }
}
