namespace Tlb.Core;

/// <summary>A training of several processes has ended because of one of them: it failed, or has other options or data. The message names it and says why.</summary>
public sealed class RankFailedException : InvalidOperationException
{
    internal RankFailedException(int rank, string message) : base(message) => Rank = rank;

    /// <summary>The number of that process, from 0.</summary>
    public int Rank { get; }
}
