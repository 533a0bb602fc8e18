using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Tlb.Torch.Tests;

/// <summary>
/// A <see cref="TorchSharp.Scalar"/> that only an argument refers to can be collected, and freed, while native code reads it. So
/// the library has none: neither made by itself in passing nor by those methods of TorchSharp that make one for a call.
/// </summary>
public sealed class ScalarTests
{
    private const string Scalar = "TorchSharp.Scalar";

    [Fact]
    public void Every_number_is_kept_while_it_is_used()
    {
        var passing = from method in CompiledCalls.Methods(CompiledCalls.Library)
                      from call in CompiledCalls.CallsOf(method)
                      where MakesScalar(call.Method) && !IsKept(call.At.Next)
                      select $"{method.FullName} makes {call.Method.Name}({call.Method.Parameters[0].ParameterType.Name}) at {call.At.Offset:X}";
        Assert.Empty(passing);
    }

    [Fact]
    public void No_method_is_called_that_makes_numbers_in_passing()
    {
        var unsafeMethods = UnsafeMethods();
        Assert.Contains("TorchSharp.torch/Tensor TorchSharp.torch/Tensor::add(TorchSharp.torch/Tensor)", unsafeMethods);   // what this is about
        Assert.Contains("TorchSharp.torch/Tensor TorchSharp.torch/Tensor::op_Addition(TorchSharp.torch/Tensor,TorchSharp.torch/Tensor)", unsafeMethods);
        var called = from method in CompiledCalls.Methods(CompiledCalls.Library)
                     from call in CompiledCalls.CallsOf(method)
                     where unsafeMethods.Contains(call.Method.FullName)
                     select $"{method.FullName} calls {call.Method.FullName}";
        Assert.Empty(called);
    }

    /// <summary>Into a field, or into a variable (of a <c>using</c>: whoever has a variable only to pass it on needs none).</summary>
    private static bool IsKept(Instruction next) => next.OpCode.Code switch
    {
        Code.Stsfld or Code.Stfld => true,
        Code.Br or Code.Br_S or Code.Nop => IsKept(next.OpCode.FlowControl == FlowControl.Branch ? (Instruction)next.Operand : next.Next),
        _ => next.OpCode.Name.StartsWith("stloc", StringComparison.Ordinal),
    };

    private static bool MakesScalar(MethodReference method) =>
        method.ReturnType.FullName == Scalar && method.Name is "op_Implicit" or "ToScalar" || method.Name == ".ctor" && method.DeclaringType.FullName == Scalar;

    /// <summary>The methods of TorchSharp that make a number and hand it on to another one, and those that call such a method.</summary>
    private static HashSet<string> UnsafeMethods()
    {
        var methods = CompiledCalls.Methods(CompiledCalls.TorchSharp).Where(method => method.DeclaringType.FullName is not (Scalar or "TorchSharp.ScalarExtensionMethods")).ToList();
        var found = methods
            .Where(method => CompiledCalls.CallsOf(method).Any(call => MakesScalar(call.Method) && !IsKept(call.At.Next)))
            .Select(method => method.FullName).ToHashSet();
        for (var before = 0; before != found.Count;)
        {
            before = found.Count;
            found.UnionWith(methods.Where(method => CompiledCalls.CallsOf(method).Any(call => found.Contains(call.Method.FullName))).Select(method => method.FullName).ToList());
        }
        return found;
    }
}
