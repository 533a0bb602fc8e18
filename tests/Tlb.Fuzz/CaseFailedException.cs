namespace Tlb.Fuzz;

/// <summary>A case ended otherwise than it may.</summary>
internal sealed class CaseFailedException(string message, Exception? inner = null) : Exception(message, inner);
