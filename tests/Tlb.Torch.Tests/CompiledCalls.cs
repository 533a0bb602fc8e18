using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Tlb.Torch.Tests;

/// <summary>What compiled code calls.</summary>
internal static class CompiledCalls
{
    private static readonly DefaultAssemblyResolver Resolver = MakeResolver();

    /// <summary>The library.</summary>
    public static AssemblyDefinition Library { get; } = Read("Tlb.Torch.dll");

    /// <summary>TorchSharp as it comes in its package.</summary>
    public static AssemblyDefinition TorchSharp { get; } = Read("TorchSharp.dll");

    /// <summary>All methods of an assembly that have code.</summary>
    public static IEnumerable<MethodDefinition> Methods(AssemblyDefinition assembly) =>
        assembly.MainModule.GetTypes().SelectMany(type => type.Methods).Where(method => method.HasBody);

    /// <summary>The calls in a method, with the instruction that makes each.</summary>
    public static IEnumerable<(MethodReference Method, Instruction At)> CallsOf(MethodDefinition method) =>
        from instruction in method.Body.Instructions
        where instruction.OpCode.FlowControl == FlowControl.Call || instruction.OpCode.Code is Code.Newobj or Code.Ldftn
        let target = instruction.Operand as MethodReference
        where target is not null
        select (target, instruction);

    /// <summary>The methods of TorchSharp that a method of the library calls, whatever it calls on the way in the library itself.</summary>
    public static SortedSet<string> ReachedInTorchSharp(MethodDefinition start)
    {
        var seen = new HashSet<MethodDefinition>();
        var found = new SortedSet<string>(StringComparer.Ordinal);
        var open = new Stack<MethodDefinition>([start]);
        while (open.TryPop(out var method))
        {
            if (!method.HasBody || !seen.Add(method))
                continue;
            foreach (var (target, _) in CallsOf(method))
            {
                if (target.DeclaringType.Scope.Name is "TorchSharp" or "TorchSharp.dll")
                    found.Add($"{target.DeclaringType.Name}.{target.Name}");
                else if (target.Resolve() is { } own && own.Module == Library.MainModule)
                    foreach (var code in own.DeclaringType.IsInterface ? Implementations(own) : [own])
                        open.Push(code);
            }
        }
        return found;
    }

    /// <summary>What may be called where an interface's method is called.</summary>
    private static IEnumerable<MethodDefinition> Implementations(MethodDefinition method) =>
        from type in Library.MainModule.GetTypes()
        where type.Interfaces.Any(candidate => candidate.InterfaceType.FullName == method.DeclaringType.FullName)
        from candidate in type.Methods
        where candidate.Name == method.Name && candidate.HasBody
        select candidate;

    private static AssemblyDefinition Read(string file) =>
        AssemblyDefinition.ReadAssembly(Path.Combine(AppContext.BaseDirectory, file), new ReaderParameters { AssemblyResolver = Resolver });

    private static DefaultAssemblyResolver MakeResolver()
    {
        var resolver = new DefaultAssemblyResolver();
        resolver.AddSearchDirectory(AppContext.BaseDirectory);
        resolver.AddSearchDirectory(Path.GetDirectoryName(typeof(object).Assembly.Location));
        return resolver;
    }
}
