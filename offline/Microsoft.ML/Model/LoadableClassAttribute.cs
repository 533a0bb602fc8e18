using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// <summary>Names a class, and what makes it, in the catalog of the components that can be loaded.</summary>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
internal sealed class LoadableClassAttribute : LoadableClassAttributeBase
{
    public LoadableClassAttribute(Type instType, Type argType, Type sigType, string userName, params string[] loadNames)
        : base(null, instType, instType, argType, [sigType], userName, loadNames)
    {
    }

    public LoadableClassAttribute(Type instType, Type loaderType, Type argType, Type sigType, string userName, params string[] loadNames)
        : base(null, instType, loaderType, argType, [sigType], userName, loadNames)
    {
    }

    public LoadableClassAttribute(Type instType, Type argType, Type[] sigTypes, string userName, params string[] loadNames)
        : base(null, instType, instType, argType, sigTypes, userName, loadNames)
    {
    }

    public LoadableClassAttribute(Type instType, Type loaderType, Type argType, Type[] sigTypes, string userName, params string[] loadNames)
        : base(null, instType, loaderType, argType, sigTypes, userName, loadNames)
    {
    }

    public LoadableClassAttribute(string summary, Type instType, Type argType, Type sigType, string userName, params string[] loadNames)
        : base(summary, instType, instType, argType, [sigType], userName, loadNames)
    {
    }

    public LoadableClassAttribute(string summary, Type instType, Type loaderType, Type argType, Type sigType, string userName,
        params string[] loadNames)
        : base(summary, instType, loaderType, argType, [sigType], userName, loadNames)
    {
    }

    public LoadableClassAttribute(string summary, Type instType, Type argType, Type[] sigTypes, string userName, params string[] loadNames)
        : base(summary, instType, instType, argType, sigTypes, userName, loadNames)
    {
    }

    public LoadableClassAttribute(string summary, Type instType, Type loaderType, Type argType, Type[] sigTypes, string userName,
        params string[] loadNames)
        : base(summary, instType, loaderType, argType, sigTypes, userName, loadNames)
    {
    }
}

internal abstract class LoadableClassAttributeBase : Attribute
{
    /// <param name="summary">What the class does; may be null.</param>
    /// <param name="instType">What is made.</param>
    /// <param name="loaderType">Where the constructor or the static <c>Create</c> method stands.</param>
    /// <param name="argType">The type of an options object that comes before the other arguments; may be null.</param>
    /// <param name="sigTypes">Delegates that name the arguments; all with the same ones.</param>
    /// <param name="userName">The name to show.</param>
    /// <param name="loadNames">The names to load it by; the name to show where there is none.</param>
    protected LoadableClassAttributeBase(string summary, Type instType, Type loaderType, Type argType, Type[] sigTypes,
        string userName, params string[] loadNames)
    {
        Contracts.CheckValue(instType, nameof(instType));
        Contracts.CheckValue(loaderType, nameof(loaderType));
        Contracts.CheckNonEmpty(sigTypes, nameof(sigTypes));
        loadNames = loadNames is null or [] ? [userName] : loadNames;
        Contracts.CheckParam(!loadNames.Any(string.IsNullOrWhiteSpace), nameof(loadNames),
            "LoadableClass loadName parameter can't be empty");

        var arguments = ArgumentsOf(sigTypes[0]);
        foreach (var other in sigTypes.Skip(1))
        {
            Contracts.CheckParam(ArgumentsOf(other).SequenceEqual(arguments), nameof(sigTypes),
                "LoadableClass signatures must have the same set of parameters");
        }

        Summary = summary;
        InstanceType = instType;
        LoaderType = loaderType;
        ArgType = argType;
        SigTypes = sigTypes;
        CtorTypes = argType is null ? arguments : [argType, .. arguments];
        UserName = userName;
        LoadNames = loadNames;
    }

    public Type InstanceType { get; }

    public Type LoaderType { get; }

    public Type ArgType { get; }

    public Type[] SigTypes { get; }

    /// <summary>The arguments of the constructor or method, without the environment.</summary>
    public Type[] CtorTypes { get; }

    public string Summary { get; }

    public string UserName { get; }

    public string[] LoadNames { get; }

    private static Type[] ArgumentsOf(Type signature)
    {
        Contracts.CheckValue(signature, "sigTypes");
        var invoke = signature.BaseType == typeof(MulticastDelegate) ? signature.GetMethod("Invoke") : null;
        Contracts.CheckParam(invoke is not null, "sigTypes", "LoadableClass signature type must be a delegate type");
        Contracts.CheckParam(invoke.ReturnType == typeof(void), "sigTypes",
            "LoadableClass signature type must be a delegate type with void return");
        return [.. invoke.GetParameters().Select(p => p.ParameterType)];
    }
}
