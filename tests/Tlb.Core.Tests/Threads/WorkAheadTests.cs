namespace Tlb.Core.Tests;

public sealed class WorkAheadTests
{
    [Fact]
    public void Work_is_done_once_however_often_it_is_waited_for()
    {
        var done = 0;
        var work = WorkAhead.Begin(() => Interlocked.Increment(ref done));
        Cores.For(8, _ => work.Wait());
        work.Wait();
        Assert.Equal(1, done);
    }

    [Fact]
    public void What_it_threw_is_thrown_to_whoever_waits()
    {
        var work = WorkAhead.Begin(() => throw new InvalidDataException("no more"));
        for (var i = 0; i < 2; i++)
            Assert.Equal("no more", Assert.Throws<InvalidDataException>(work.Wait).Message);
        work.Drop();
    }

    /// <summary>What no thread has come to is done by whoever waits, and dropped work never is: <c>BusyPoolTests</c> has a pool that takes nothing.</summary>
    [Fact]
    public void Dropped_work_does_not_run_on()
    {
        for (var round = 0; round < 200; round++)
        {
            var (isDropped, late) = (false, false);
            var work = WorkAhead.Begin(() =>
            {
                Thread.Yield();
                late = Volatile.Read(ref isDropped);
            });
            work.Drop();
            Volatile.Write(ref isDropped, true);
            work.Drop();
            Assert.False(late);
        }
    }
}
