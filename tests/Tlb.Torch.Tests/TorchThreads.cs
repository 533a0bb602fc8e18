using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using TorchSharp;

namespace Tlb.Torch.Tests;

/// <summary>Torch computes the small networks of these tests on one thread: its threads wait for each other by spinning, and take the cores from the tests beside.</summary>
internal static class TorchThreads
{
    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255:The ModuleInitializer attribute should not be used in libraries", Justification = "Nothing but the test runner loads this assembly.")]
    internal static void UseOne() => torch.set_num_threads(1);
}
