using System.Reflection;

namespace Microsoft.ML.Runtime;

/// <summary>The classes that can be made by name: what the assemblies' <see cref="LoadableClassAttribute"/>s list.</summary>
public sealed class ComponentCatalog
{
    private readonly Lock _lock = new();
    private readonly HashSet<string> _assemblies = [];
    private readonly Dictionary<(string Name, Type Signature), LoadableClassInfo> _classes = [];

    internal ComponentCatalog()
    {
    }

    /// <summary>Lists the classes of an assembly, once.</summary>
    public void RegisterAssembly(Assembly assembly, bool throwOnError = true)
    {
        lock (_lock)
        {
            if (!_assemblies.Add(assembly.FullName))
                return;
            foreach (var attribute in assembly.GetCustomAttributes<LoadableClassAttributeBase>())
                Add(attribute, throwOnError);
        }
    }

    internal static bool TryCreateInstance<TRes, TSig>(IHostEnvironment env, out TRes result, string name, string options,
        params object[] extra)
        where TRes : class => TryCreateInstance(env, typeof(TSig), out result, name, options, extra);

    /// <summary>Makes an object of the class of that name; false if there is none.</summary>
    internal static bool TryCreateInstance<TRes>(IHostEnvironment env, Type signatureType, out TRes result, string name, string options,
        params object[] extra)
        where TRes : class
    {
        Contracts.CheckValue(env, nameof(env));
        result = null;
        var info = env.ComponentCatalog.GetLoadableClassInfo(name, signatureType);
        if (info is null)
            return false;
        if (!typeof(TRes).IsAssignableFrom(info.Type))
            throw env.Except("Loadable class '{0}' does not derive from '{1}'", name, typeof(TRes).FullName);
        if (!string.IsNullOrEmpty(options) || info.ArgumentCount != extra.Length)
            throw env.Except("Loadable class '{0}' takes {1} arguments and no settings, given {2}", name, info.ArgumentCount, extra.Length);
        result = (TRes)info.CreateInstance(env, extra);
        return true;
    }

    internal LoadableClassInfo GetLoadableClassInfo(string loadName, Type signatureType)
    {
        lock (_lock)
            return _classes.GetValueOrDefault(((loadName ?? "").ToLowerInvariant().Trim(), signatureType));
    }

    private void Add(LoadableClassAttributeBase attribute, bool throwOnError)
    {
        var info = LoadableClassInfo.Find(attribute);
        if (info is null)
        {
            if (throwOnError)
            {
                throw Contracts.Except(
                    $"Can't instantiate loadable class '{attribute.InstanceType.Name}' with name '{attribute.LoadNames[0]}'");
            }
            return;
        }
        foreach (var signature in attribute.SigTypes)
        {
            foreach (var name in attribute.LoadNames)
            {
                if (!_classes.TryAdd((name.ToLowerInvariant(), signature), info) && throwOnError)
                {
                    var mapped = _classes[(name.ToLowerInvariant(), signature)].Type.Name;
                    throw Contracts.Except($"ComponentCatalog cannot map name '{name}' and SignatureType '{signature}' " +
                        $"to {info.Type.Name}, already mapped to {mapped}.");
                }
            }
        }
    }

    /// <summary>A class with the constructor or static <c>Create</c> method that makes it.</summary>
    internal sealed class LoadableClassInfo
    {
        private const BindingFlags Any = BindingFlags.Public | BindingFlags.NonPublic;

        private readonly MethodBase _maker;
        private readonly bool _takesEnvironment;

        private LoadableClassInfo(Type type, MethodBase maker, int argumentCount)
        {
            Type = type;
            ArgumentCount = argumentCount;
            _maker = maker;
            _takesEnvironment = maker.GetParameters().Length > argumentCount;
        }

        public Type Type { get; }

        /// <summary>Without the environment, which a class may take before the others.</summary>
        public int ArgumentCount { get; }

        public static LoadableClassInfo Find(LoadableClassAttributeBase attribute)
        {
            var (type, loader, arguments) = (attribute.InstanceType, attribute.LoaderType, attribute.CtorTypes);
            Type[] withEnvironment = [typeof(IHostEnvironment), .. arguments];

            MethodBase constructor = FindConstructor(type, loader, arguments) ?? FindConstructor(type, loader, withEnvironment);
            MethodBase create = FindCreate(type, loader, arguments) ?? FindCreate(type, loader, withEnvironment);
            if (constructor is not null && create is not null && Openness(constructor) == Openness(create))
            {
                throw Contracts.Except($"Can't load type {type}, because it has both create and constructor methods with the same " +
                    "visibility. Please indicate which one should be used by changing either the signature or the visibility of one " +
                    "of them.");
            }
            var maker = constructor is null || create is not null && Openness(create) > Openness(constructor) ? create : constructor;
            return maker is null ? null : new LoadableClassInfo(type, maker, arguments.Length);
        }

        public object CreateInstance(IHostEnvironment env, object[] arguments)
        {
            arguments = _takesEnvironment ? [env, .. arguments] : arguments;
            try
            {
                return _maker is ConstructorInfo constructor ? constructor.Invoke(arguments) : _maker.Invoke(null, arguments);
            }
            catch (TargetInvocationException exception) when (exception.InnerException?.IsMarked() == true)
            {
                throw Contracts.Except(exception, "Error during class instantiation");
            }
        }

        private static ConstructorInfo FindConstructor(Type type, Type loader, Type[] arguments) =>
            type.IsAssignableFrom(loader) ? loader.GetConstructor(BindingFlags.Instance | Any, arguments) : null;

        private static MethodInfo FindCreate(Type type, Type loader, Type[] arguments) =>
            loader.GetMethod("Create", BindingFlags.Static | Any, arguments) is { } method && method.ReturnType == type ? method : null;

        private static int Openness(MethodBase method) => method switch
        {
            { IsFamilyAndAssembly: true } => 0,
            { IsPrivate: true } => 1,
            { IsFamily: true } => 2,
            { IsFamilyOrAssembly: true } => 3,
            { IsAssembly: true } => 4,
            _ => 5,
        };
    }
}
