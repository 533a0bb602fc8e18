namespace Tlb.Core;

/// <summary>Moves bytes between the processes of a training. All of them make the same calls in the same order. Used by one thread at a time.</summary>
internal interface IMessages
{
    /// <summary>The number of this process, from 0.</summary>
    int Rank { get; }

    /// <summary>The processes.</summary>
    int Count { get; }

    /// <summary>Gives every process the bytes of all.</summary>
    /// <param name="mine">Those of this process.</param>
    /// <param name="all">Receives those of all, one process after the other.</param>
    /// <param name="counts">How many each has.</param>
    void Gather(ReadOnlySpan<byte> mine, Span<byte> all, int[] counts);

    /// <summary>Gives every process other bytes of each.</summary>
    /// <param name="send">The bytes for each process, one after the other.</param>
    /// <param name="sendCounts">How many each gets.</param>
    /// <param name="received">Receives the bytes from each process, one after the other.</param>
    /// <param name="receivedCounts">How many come from each.</param>
    void Exchange(ReadOnlySpan<byte> send, int[] sendCounts, Span<byte> received, int[] receivedCounts);
}
