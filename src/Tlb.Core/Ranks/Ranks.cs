using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Tlb.Core;

/// <summary>The processes that train together: what they agree on.</summary>
/// <remarks>
/// All meet after each step and wherever the first has something to say. Whoever fails in between comes to the next meeting with that, and all
/// end there: nobody waits for a process that has left. Who dies without a word is MPI's to notice.
/// </remarks>
internal sealed class Ranks : IDisposable
{
    private const int MostBytes = 64 << 20;                                  // of one message
    private const byte HasFailed = 1, IsCancelled = 2, Stops = 4;

    private readonly IMessages _messages;
    private readonly CancellationToken _wanted;
    private readonly CancellationTokenSource _cancellation = new();
    private readonly Stopwatch _waiting = new();
    private readonly Stopwatch _moving = new();
    private readonly int[] _ones;
    private readonly byte[] _states;
    private readonly string[] _machines;

    /// <summary>Meets the others for the first time.</summary>
    /// <param name="messages">What moves bytes between them.</param>
    /// <param name="cancellation">Cancels the training of all, at the next meeting.</param>
    public Ranks(IMessages messages, CancellationToken cancellation)
    {
        (_messages, _wanted) = (messages, cancellation);
        (_ones, _states) = ([.. Enumerable.Repeat(1, Count)], new byte[Count]);
        _machines = GatherTexts(Environment.MachineName);
    }

    /// <summary>The number of this process, from 0.</summary>
    public int Rank => _messages.Rank;

    /// <summary>The processes.</summary>
    public int Count => _messages.Count;

    /// <summary>Whether this process is the one that validates, logs and writes.</summary>
    public bool IsFirst => Rank == 0;

    /// <summary>Set in all processes at the same meeting.</summary>
    public CancellationToken Cancellation => _cancellation.Token;

    /// <summary>The time spent in meetings until the last had come.</summary>
    public TimeSpan Waiting => _waiting.Elapsed;

    /// <summary>The time spent in moving gradients.</summary>
    public TimeSpan Moving => _moving.Elapsed;

    /// <summary>How a process is named to users.</summary>
    public string Name(int rank) => $"Rank {rank} of {Count} ({_machines[rank]})";

    /// <summary>How many threads this process may use: the cores that it may run on, by the processes of the machine that may run on the very same.</summary>
    public int ShareOfCores()
    {
        const string ProcessStatus = "/proc/self/status";
        var cores = File.Exists(ProcessStatus) ? File.ReadLines(ProcessStatus).FirstOrDefault(line => line.StartsWith("Cpus_allowed_list", StringComparison.Ordinal)) : null;
        var places = GatherTexts($"{Environment.MachineName} {cores}");
        return Math.Max(1, Environment.ProcessorCount / places.Count(place => place == places[Rank]));
    }

    /// <summary>Waits for all.</summary>
    /// <param name="stops">Whether this process wants all to stop.</param>
    /// <returns>Whether any wants that.</returns>
    /// <exception cref="RankFailedException">A process has failed.</exception>
    public bool Meet(bool stops = false) => Meet((byte)((_wanted.IsCancellationRequested ? IsCancelled : 0) | (stops ? Stops : 0)), "");

    /// <summary>Does something that all do; where it fails here, the others hear of it at their next meeting.</summary>
    public T Run<T>(Func<T> body)
    {
        try
        {
            return body();
        }
        catch (Exception e) when (e is not RankFailedException)
        {
            try
            {
                Meet(HasFailed, e is OperationCanceledException ? "It was cancelled." : e.Message);
            }
            catch (RankFailedException)
            {
                // That is this one, or another beside it: the caller gets its own.
            }
            throw;
        }
    }

    /// <summary>Ends the run where a process has other options or data than the first; the message says what differs.</summary>
    /// <param name="mine">Names and values.</param>
    /// <exception cref="RankFailedException">One has.</exception>
    public void ThrowIfDifferent(IReadOnlyDictionary<string, string> mine)
    {
        Meet();
        var all = GatherTexts(string.Join('\n', mine.Select(entry => $"{entry.Key}\t{entry.Value.ReplaceLineEndings(" ")}")))
            .Select(text => text.Split('\n').Select(line => line.Split('\t', 2)).ToDictionary(entry => entry[0], entry => entry[1])).ToList();
        for (var rank = 1; rank < Count; rank++)
        {
            var differences = all[0].Where(entry => all[rank].GetValueOrDefault(entry.Key) != entry.Value)
                .Select(entry => $"{entry.Key} is {all[rank].GetValueOrDefault(entry.Key, "not known")} there and {entry.Value} in rank 0").ToList();
            if (differences.Count > 0)
                throw new RankFailedException(rank, $"{Name(rank)} has other options or data than rank 0: {string.Join(", ", differences)}. All processes need the same.");
        }
    }

    /// <summary>Gives all processes a text of the first.</summary>
    public string ShareText(string text) => GatherTexts(IsFirst ? text : "")[0];

    /// <summary>Gives all processes numbers of the first.</summary>
    /// <param name="values">The numbers; in the others they are written to.</param>
    public void Share(float[] values)
    {
        var counts = new int[Count];
        for (var rest = MemoryMarshal.AsBytes(values.AsSpan()); rest.Length > 0; rest = rest[counts[0]..])
        {
            counts[0] = Math.Min(rest.Length, MostBytes);
            _messages.Gather(IsFirst ? rest[..counts[0]].ToArray() : [], rest[..counts[0]], counts);
        }
    }

    /// <summary>Gives every process the values of all.</summary>
    /// <param name="mine">Those of this process.</param>
    /// <param name="all">Receives those of all, one process after the other.</param>
    /// <param name="counts">How many each has.</param>
    public void Gather<T>(ReadOnlySpan<T> mine, Span<T> all, int[] counts) where T : unmanaged
    {
        _moving.Start();
        _messages.Gather(MemoryMarshal.AsBytes(mine), MemoryMarshal.AsBytes(all), Bytes<T>(counts));
        _moving.Stop();
    }

    /// <summary>Gives every process other values of each.</summary>
    /// <param name="send">The values for each process, one after the other.</param>
    /// <param name="sendCounts">How many each gets.</param>
    /// <param name="received">Receives the values from each process, one after the other.</param>
    /// <param name="receivedCounts">How many come from each.</param>
    public void Exchange<T>(ReadOnlySpan<T> send, int[] sendCounts, Span<T> received, int[] receivedCounts) where T : unmanaged
    {
        _moving.Start();
        _messages.Exchange(MemoryMarshal.AsBytes(send), Bytes<T>(sendCounts), MemoryMarshal.AsBytes(received), Bytes<T>(receivedCounts));
        _moving.Stop();
    }

    public void Dispose() => _cancellation.Dispose();

    private static int[] Bytes<T>(int[] counts) where T : unmanaged => Array.ConvertAll(counts, count => checked(count * Unsafe.SizeOf<T>()));

    private bool Meet(byte state, string problem)
    {
        _waiting.Start();
        _messages.Gather([state], _states, _ones);
        _waiting.Stop();
        var failed = Array.FindIndex(_states, other => (other & HasFailed) != 0);
        if (failed >= 0)
            throw new RankFailedException(failed, $"{Name(failed)} has ended the training: {GatherTexts(problem)[failed]}");
        if (Array.Exists(_states, other => (other & IsCancelled) != 0))
            _cancellation.Cancel();
        return Array.Exists(_states, other => (other & Stops) != 0);
    }

    private string[] GatherTexts(string mine)
    {
        var bytes = Encoding.UTF8.GetBytes(mine);
        var lengths = new int[Count];
        _messages.Gather(MemoryMarshal.AsBytes<int>(new[] { bytes.Length }), MemoryMarshal.AsBytes(lengths.AsSpan()), Bytes<int>(_ones));
        var all = new byte[lengths.Sum()];
        _messages.Gather(bytes, all, lengths);
        var end = 0;
        return Array.ConvertAll(lengths, length => Encoding.UTF8.GetString(all, (end += length) - length, length));
    }
}
