using System.Text;
using Microsoft.ML.Internal.Utilities;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// <summary>
/// Where an object saves itself: the main stream of its directory, further streams beside it, and objects that it
/// consists of in directories below. Without a repository there is nothing but the main stream.
/// </summary>
public sealed class ModelSaveContext : IDisposable
{
    internal readonly RepositoryWriter Repository;
    internal readonly string Directory;
    internal readonly BinaryWriter Writer;

    /// <summary>The strings that the main stream names by their number.</summary>
    internal readonly NormStr.Pool Strings = new();

    internal ModelHeader Header;
    internal readonly long FpMin;

    private readonly IExceptionContext _exceptions;
    private readonly Repository.Entry _entry;
    private string _loaderAssemblyName;

    internal ModelSaveContext(RepositoryWriter rep, string dir, string name)
    {
        Contracts.CheckValue(rep, nameof(rep));
        _exceptions = rep.ExceptionContext;
        _exceptions.CheckNonEmpty(name, nameof(name));
        Repository = rep;
        Directory = dir;
        _entry = rep.CreateEntry(dir, name);
        Writer = new BinaryWriter(_entry.Stream, Encoding.UTF8, leaveOpen: true);
        ModelHeader.BeginWrite(Writer, out FpMin, out Header);
    }

    internal ModelSaveContext(BinaryWriter writer, IExceptionContext ectx = null)
    {
        _exceptions = ectx;
        _exceptions.CheckValue(writer, nameof(writer));
        Writer = writer;
        ModelHeader.BeginWrite(Writer, out FpMin, out Header);
    }

    internal bool InRepository => Repository is not null;

    internal static void SaveModel<T>(RepositoryWriter rep, T value, string path)
        where T : class
    {
        if (value is not ICanSaveModel model)
            return;
        using var context = new ModelSaveContext(rep, path, ModelLoadContext.ModelStreamName);
        model.Save(context);
        context.Done();
    }

    internal static void Save(BinaryWriter writer, Action<ModelSaveContext> fn)
    {
        Contracts.CheckValue(fn, nameof(fn));
        using var context = new ModelSaveContext(writer);
        fn(context);
        context.Done();
    }

    internal void CheckAtModel() => _exceptions.Check(Writer.BaseStream.Position == FpMin + Header.FpModel);

    internal void SetVersionInfo(VersionInfo ver)
    {
        ModelHeader.SetVersionInfo(ref Header, ver);
        _loaderAssemblyName = ver.LoaderAssemblyName;
    }

    internal void SaveModel<T>(T value, string name)
        where T : class
    {
        CheckInRepository("a sub-model");
        SaveModel(Repository, value, Path.Combine(Directory ?? "", name));
    }

    internal void SaveSubModel(string dir, Action<ModelSaveContext> fn)
    {
        CheckInRepository("a sub-model");
        _exceptions.CheckNonEmpty(dir, nameof(dir));
        _exceptions.CheckValue(fn, nameof(fn));
        using var context = new ModelSaveContext(Repository, Path.Combine(Directory ?? "", dir), ModelLoadContext.ModelStreamName);
        fn(context);
        context.Done();
    }

    internal void SaveTextStream(string name, Action<TextWriter> action)
    {
        CheckInRepository("a text stream");
        _exceptions.CheckNonEmpty(name, nameof(name));
        _exceptions.CheckValue(action, nameof(action));
        using var entry = Repository.CreateEntry(Directory, name);
        using var writer = new StreamWriter(entry.Stream, leaveOpen: true);
        action(writer);
    }

    internal void SaveBinaryStream(string name, Action<BinaryWriter> action)
    {
        CheckInRepository("a binary stream");
        _exceptions.CheckNonEmpty(name, nameof(name));
        _exceptions.CheckValue(action, nameof(action));
        using var entry = Repository.CreateEntry(Directory, name);
        using var writer = new BinaryWriter(entry.Stream, Encoding.UTF8, leaveOpen: true);
        action(writer);
    }

    /// <summary>Null is written as -1.</summary>
    internal void SaveStringOrNull(string str) => Writer.Write(str is null ? -1 : Strings.Add(str).Id);

    internal void SaveString(string str)
    {
        _exceptions.CheckValue(str, nameof(str));
        Writer.Write(Strings.Add(str).Id);
    }

    internal void SaveString(ReadOnlyMemory<char> str) => Writer.Write(Strings.Add(str).Id);

    internal void SaveNonEmptyString(string str)
    {
        _exceptions.CheckParam(!string.IsNullOrEmpty(str), nameof(str));
        Writer.Write(Strings.Add(str).Id);
    }

    internal void SaveNonEmptyString(ReadOnlyMemory<char> str) => Writer.Write(Strings.Add(str).Id);

    /// <summary>Completes the main stream.</summary>
    internal void Done()
    {
        _exceptions.Check(Header.ModelSignature != 0, "ModelSignature not specified!");
        ModelHeader.EndWrite(Writer, FpMin, ref Header, Strings, _loaderAssemblyName);
        Dispose();
    }

    public void Dispose()
    {
        // Without a repository the writer belongs to the caller.
        if (!InRepository)
            return;
        Writer.Dispose();
        _entry.Dispose();
    }

    private void CheckInRepository(string what) => _exceptions.Check(InRepository, $"Can't save {what} when writing to a single stream");
}
