namespace Tlb.Cpu.Tests;

/// <summary>Threads of this process in the place of processes: any number of ranks, without MPI.</summary>
internal sealed class ThreadMessages : IMessages
{
    private readonly Meeting _meeting;

    private ThreadMessages(Meeting meeting, int rank) => (_meeting, Rank) = (meeting, rank);

    public int Rank { get; }

    public int Count => _meeting.Sent.Length;

    /// <summary>Does something as each of some ranks.</summary>
    /// <returns>What each of them gave.</returns>
    public static T[] Run<T>(int count, Func<Ranks, T> body, CancellationToken[]? cancellations = null)
    {
        using var barrier = new Barrier(count);
        var meeting = new Meeting(barrier, new byte[count][], new int[count][]);
        var (results, errors) = (new T[count], new Exception?[count]);
        var threads = Enumerable.Range(0, count).Select(rank => new Thread(() =>
        {
            try
            {
                using var ranks = new Ranks(new ThreadMessages(meeting, rank), cancellations?[rank] ?? CancellationToken.None);
                results[rank] = ranks.Run(() => body(ranks));
            }
            catch (Exception e)
            {
                errors[rank] = e;
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        return Array.TrueForAll(errors, error => error is null) ? results : throw new AggregateException(errors.OfType<Exception>());
    }

    public void Gather(ReadOnlySpan<byte> mine, Span<byte> all, int[] counts)
    {
        Assert.Equal(counts[Rank], mine.Length);
        var sent = Meet(mine, [mine.Length]);
        Assert.Equal(counts, sent.Select(each => each.Length));
        var place = 0;
        foreach (var bytes in sent)
        {
            bytes.CopyTo(all[place..]);
            place += bytes.Length;
        }
        Assert.Equal(all.Length, place);
    }

    public void Exchange(ReadOnlySpan<byte> send, int[] sendCounts, Span<byte> received, int[] receivedCounts)
    {
        var sent = Meet(send, sendCounts);
        var place = 0;
        for (var rank = 0; rank < Count; rank++)
        {
            var counts = _meeting.Counts[rank];
            Assert.Equal(receivedCounts[rank], counts[Rank]);
            sent[rank].AsSpan(counts[..Rank].Sum(), counts[Rank]).CopyTo(received[place..]);
            place += counts[Rank];
        }
        Assert.Equal(received.Length, place);
        Wait();                                    // before others go on to send anew
    }

    private void Wait() => Assert.True(_meeting.Barrier.SignalAndWait(TimeSpan.FromMinutes(1)), "the others wait for nothing");

    private byte[][] Meet(ReadOnlySpan<byte> bytes, int[] counts)
    {
        (_meeting.Sent[Rank], _meeting.Counts[Rank]) = (bytes.ToArray(), counts);
        Wait();
        byte[][] sent = [.. _meeting.Sent];
        Wait();                                    // before others go on to send anew
        return sent;
    }

    private sealed record Meeting(Barrier Barrier, byte[][] Sent, int[][] Counts);
}
