using System.Text;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

internal sealed partial class ModelLoadContext
{
    /// <summary>Loads what stands in a directory of the repository; false if there is nothing.</summary>
    public static bool LoadModelOrNull<TRes, TSig>(IHostEnvironment env, out TRes result, RepositoryReader rep, string dir,
        params object[] extra)
        where TRes : class
    {
        Contracts.CheckValue(env, nameof(env));
        env.CheckValue(rep, nameof(rep));
        result = null;
        using var entry = rep.OpenEntryOrNull(dir, ModelStreamName);
        if (entry is null)
            return false;
        LoadModel<TRes, TSig>(env, out result, rep, entry, dir, extra);
        return true;
    }

    public static void LoadModel<TRes, TSig>(IHostEnvironment env, out TRes result, RepositoryReader rep, string dir, params object[] extra)
        where TRes : class
    {
        if (!LoadModelOrNull<TRes, TSig>(env, out result, rep, dir, extra))
            throw env.ExceptDecode("Corrupt model file");
    }

    public static void LoadModel<TRes, TSig>(IHostEnvironment env, out TRes result, RepositoryReader rep, Repository.Entry ent, string dir,
        params object[] extra)
        where TRes : class
    {
        Contracts.CheckValue(env, nameof(env));
        env.CheckValue(rep, nameof(rep));
        using var context = new ModelLoadContext(rep, ent, dir);
        if (!context.TryCreate<TRes, TSig>(env, out result, extra))
            throw env.ExceptDecode("Couldn't load model: '{0}'", dir);
    }

    public bool LoadModelOrNull<TRes, TSig>(IHostEnvironment env, out TRes result, string name, params object[] extra)
        where TRes : class
    {
        _exceptions.CheckValue(env, nameof(env));
        CheckInRepository();
        return LoadModelOrNull<TRes, TSig>(env, out result, Repository, Path.Combine(Directory ?? "", name), extra);
    }

    public void LoadModel<TRes, TSig>(IHostEnvironment env, out TRes result, string name, params object[] extra)
        where TRes : class
    {
        if (!LoadModelOrNull<TRes, TSig>(env, out result, name, extra))
            throw _exceptions.ExceptDecode("Corrupt model file");
    }

    public static void LoadModel<TRes, TSig>(IHostEnvironment env, out TRes result, Stream stream, params object[] extra)
        where TRes : class
    {
        using var reader = new BinaryReader(stream, Encoding.UTF8, leaveOpen: true);
        LoadModel<TRes, TSig>(env, out result, reader, extra);
    }

    public static void LoadModel<TRes, TSig>(IHostEnvironment env, out TRes result, BinaryReader reader, params object[] extra)
        where TRes : class
    {
        Contracts.CheckValue(env, nameof(env));
        using var context = new ModelLoadContext(reader);
        if (!context.TryCreate<TRes, TSig>(env, out result, extra))
            throw Contracts.ExceptDecode("Couldn't load model");
    }

    public bool ContainsModel(string name)
    {
        if (!InRepository || string.IsNullOrEmpty(name))
            return false;
        using var entry = Repository.OpenEntryOrNull(Path.Combine(Directory ?? "", name), ModelStreamName);
        return entry is not null;
    }

    /// <summary>Lets the caller read a directory itself; false if there is nothing.</summary>
    public bool TryProcessSubModel(string dir, Action<ModelLoadContext> action)
    {
        CheckInRepository();
        _exceptions.CheckNonEmpty(dir, nameof(dir));
        _exceptions.CheckValue(action, nameof(action));
        var path = Path.Combine(Directory ?? "", dir);
        using var entry = Repository.OpenEntryOrNull(path, ModelStreamName);
        if (entry is null)
            return false;
        using var context = new ModelLoadContext(Repository, entry, path);
        action(context);
        return true;
    }

    /// <summary>Makes the object by the class that the header names; false if no class of the right kind has that name.</summary>
    private bool TryCreate<TRes, TSig>(IHostEnvironment env, out TRes result, object[] extra)
        where TRes : class
    {
        // The assembly of the header registers itself: nobody has to know beforehand what a file holds.
        if (!string.IsNullOrEmpty(LoaderAssemblyName))
            env.ComponentCatalog.RegisterAssembly(PackageAssembly.Load(LoaderAssemblyName));

        foreach (var name in (string[])[ModelHeader.GetLoaderSig(ref Header), ModelHeader.GetLoaderSigAlt(ref Header)])
        {
            if (string.IsNullOrWhiteSpace(name)
                || !ComponentCatalog.TryCreateInstance<object, TSig>(env, out var instance, name, "", [this, .. extra]))
                continue;
            result = instance as TRes;
            if (result is not null)
            {
                Done();
                return true;
            }
        }
        result = null;
        return false;
    }
}
