using System.Collections.Concurrent;

namespace Tlb.Core.Tests;

public sealed class CoresTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(1000)]
    public void Each_number_has_its_turn_once(int count)
    {
        var turns = new int[count];
        Cores.For(count, i => Interlocked.Increment(ref turns[i]));
        Assert.All(turns, turn => Assert.Equal(1, turn));
    }

    [Fact]
    public void No_more_threads_work_than_there_are_cores()
    {
        var (now, most) = (0, 0);
        Cores.For(1000, _ =>
        {
            var busy = Interlocked.Increment(ref now);
            int seen;
            while (busy > (seen = Volatile.Read(ref most)) && Interlocked.CompareExchange(ref most, busy, seen) != seen)
            {
            }
            Thread.SpinWait(1000);
            Interlocked.Decrement(ref now);
        });
        Assert.InRange(most, 1, Environment.ProcessorCount);
    }

    [Fact]
    public void Loops_in_loops_end()
    {
        var sum = 0;
        Cores.For(20, i => Cores.For(20, j => Cores.ForEach([i, j], value => Interlocked.Add(ref sum, value))));
        Assert.Equal(20 * 20 * 19, sum);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    public void What_is_thrown_is_thrown_on_as_it_is(int count) =>
        Assert.Equal("the last", Assert.Throws<InvalidDataException>(() => Cores.For(count, i =>
        {
            if (i == count - 1)
                throw new InvalidDataException("the last");
        })).Message);

    [Fact]
    public void An_error_ends_the_loop_early()
    {
        var done = 0;
        Assert.Throws<InvalidDataException>(() => Cores.For(int.MaxValue, _ =>
        {
            Interlocked.Increment(ref done);
            throw new InvalidDataException();
        }));
        Assert.InRange(done, 1, Environment.ProcessorCount);                 // the first of each thread
    }

    [Fact]
    public void Nothing_runs_after_the_loop()
    {
        for (var round = 0; round < 200; round++)
        {
            var isOver = false;
            var late = 0;
            Cores.For(8, _ =>
            {
                Thread.Yield();
                if (Volatile.Read(ref isOver))
                    Interlocked.Increment(ref late);
            });
            Volatile.Write(ref isOver, true);
            Assert.Equal(0, late);
        }
    }

    [Theory]
    [InlineData(100, 30, 3)]
    [InlineData(100, 101, 1)]                                                // one at least
    [InlineData(-5, 30, 1)]
    [InlineData(long.MaxValue, 1, int.MaxValue)]
    public void Threads_are_as_many_as_there_is_memory_for(long memory, long perThread, int most) =>
        Assert.Equal(Math.Min(most, Environment.ProcessorCount), Cores.Within(memory, perThread));

    [Fact]
    public void A_loop_of_one_thread_stays_on_it()
    {
        var threads = new ConcurrentDictionary<int, bool>();
        Cores.For(1000, _ => threads[Environment.CurrentManagedThreadId] = true, most: 1);
        Assert.Equal([Environment.CurrentManagedThreadId], threads.Keys);
    }
}
