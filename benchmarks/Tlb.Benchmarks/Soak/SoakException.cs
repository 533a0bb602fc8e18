namespace Tlb.Benchmarks;

/// <summary>A soak found something: the message says what.</summary>
internal sealed class SoakException(string message, Exception? inner = null) : Exception(message, inner);
