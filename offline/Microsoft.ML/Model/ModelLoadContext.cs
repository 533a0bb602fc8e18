using System.Text;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// <summary>Where an object is loaded from; see <see cref="ModelSaveContext"/>.</summary>
internal sealed partial class ModelLoadContext : IDisposable
{
    public const string ModelStreamName = "Model.key";

    public readonly RepositoryReader Repository;
    public readonly string Directory;
    public readonly BinaryReader Reader;
    public readonly string[] Strings;
    public readonly string LoaderAssemblyName;
    public readonly long FpMin;

    internal ModelHeader Header;

    private readonly IExceptionContext _exceptions;

    internal ModelLoadContext(RepositoryReader rep, Repository.Entry ent, string dir)
    {
        Contracts.CheckValue(rep, nameof(rep));
        _exceptions = rep.ExceptionContext;
        _exceptions.CheckValue(ent, nameof(ent));
        Repository = rep;
        Directory = dir;
        Reader = new BinaryReader(ent.Stream, Encoding.UTF8, leaveOpen: true);
        ModelHeader.BeginRead(out FpMin, out Header, out Strings, out LoaderAssemblyName, Reader);
    }

    internal ModelLoadContext(BinaryReader reader, IExceptionContext ectx = null)
    {
        _exceptions = ectx;
        _exceptions.CheckValue(reader, nameof(reader));
        Reader = reader;
        ModelHeader.BeginRead(out FpMin, out Header, out Strings, out LoaderAssemblyName, Reader);
    }

    public bool InRepository => Repository is not null;

    public void CheckAtModel() => _exceptions.Check(IsAtModel);

    public void CheckAtModel(VersionInfo ver)
    {
        CheckAtModel();
        CheckVersionInfo(ver);
    }

    public void CheckVersionInfo(VersionInfo ver) => ModelHeader.CheckVersionInfo(ref Header, ver);

    public string LoadStringOrNull()
    {
        var id = Reader.ReadInt32();
        return id == -1 ? null : StringAt(id);
    }

    public string LoadString() => StringAt(Reader.ReadInt32());

    public string LoadNonEmptyString()
    {
        var text = LoadString();
        _exceptions.CheckDecode(text.Length > 0);
        return text;
    }

    public bool TryLoadBinaryStream(string name, Action<BinaryReader> action) =>
        TryLoadStream(name, action, stream => new BinaryReader(stream, Encoding.UTF8, leaveOpen: true));

    public bool TryLoadTextStream(string name, Action<TextReader> action) =>
        TryLoadStream(name, action, stream => new StreamReader(stream));

    /// <summary>Checks that the main stream was read to its end.</summary>
    public void Done()
    {
        ModelHeader.EndRead(FpMin, ref Header, Reader);
        Dispose();
    }

    public void Dispose()
    {
        if (InRepository)
            Reader.Dispose();
    }

    private bool IsAtModel => Reader.BaseStream.Position == FpMin + Header.FpModel;

    private string StringAt(int id)
    {
        _exceptions.CheckDecode(0 <= id && id < Strings?.Length);
        return Strings[id];
    }

    private bool TryLoadStream<TReader>(string name, Action<TReader> action, Func<Stream, TReader> open)
        where TReader : IDisposable
    {
        CheckInRepository();
        _exceptions.CheckNonEmpty(name, nameof(name));
        _exceptions.CheckValue(action, nameof(action));
        using var entry = Repository.OpenEntryOrNull(Directory, name);
        if (entry is null)
            return false;
        using var reader = open(entry.Stream);
        action(reader);
        return true;
    }

    private void CheckInRepository() => _exceptions.Check(InRepository, "Can't load a sub-model when reading from a single stream");
}
