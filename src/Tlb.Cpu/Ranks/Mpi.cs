using System.Runtime.InteropServices;

namespace Tlb.Cpu;

/// <summary>Messages by the MPI that this machine has; it is loaded when it is first asked for.</summary>
/// <remarks>
/// No header of an MPI is needed, and no compiler: what differs between MPIs is what stands for "all processes" and for "a byte". In Open MPI
/// it is the address of a variable that the library exports; in MPICH and all that share its binary interface (Intel MPI, MVAPICH, Cray) it is
/// a number. The numbers are those of the header <c>mpi.h</c> of each.
/// </remarks>
internal sealed unsafe class Mpi : IMessages
{
    private const int Serialized = 2;                                        // MPI_THREAD_SERIALIZED: any thread, one at a time
    private const int Aborted = 1;

    private static readonly Lazy<Mpi> Loaded = new(() => new Mpi());

    private volatile bool _isWaitedFor;                                      // by the others: it must not end without their knowing
    private readonly nint _library;
    private readonly nint _world;                                            // MPI_COMM_WORLD
    private readonly nint _byte;                                             // MPI_BYTE
    private readonly delegate* unmanaged<void*, int, nint, void*, int*, int*, nint, nint, int> _allGather;
    private readonly delegate* unmanaged<void*, int*, int*, nint, void*, int*, int*, nint, nint, int> _allToAll;

    private Mpi()
    {
        _library = Load();
        (_world, _byte) = NativeLibrary.TryGetExport(_library, "ompi_mpi_comm_world", out var world)
            ? (world, NativeLibrary.GetExport(_library, "ompi_mpi_byte"))
            : (0x44000000, 0x4c00010d);
        _allGather = (delegate* unmanaged<void*, int, nint, void*, int*, int*, nint, nint, int>)Export("MPI_Allgatherv");
        _allToAll = (delegate* unmanaged<void*, int*, int*, nint, void*, int*, int*, nint, nint, int>)Export("MPI_Alltoallv");
        Begin();
        Rank = Ask("MPI_Comm_rank");
        Count = Ask("MPI_Comm_size");
        if (Count != MpiLaunch.Count)
            throw new InvalidOperationException(
                $"{MpiLaunch.Count} processes were started together, and MPI knows of {Count}: the launcher and the library are of different MPIs, or srun was told of none (srun --mpi=list has those it knows; such as --mpi=pmix).");
    }

    public int Rank { get; }

    public int Count { get; }

    /// <summary>Does something together with the other processes that were started with this one. MPI is begun once, and ends with the process.</summary>
    /// <param name="body">What to do.</param>
    /// <param name="cancellation">Cancels it, in all of them.</param>
    /// <exception cref="InvalidOperationException">There is no MPI, or it is not that of the launcher.</exception>
    /// <exception cref="RankFailedException">Another process has failed.</exception>
    public static T Together<T>(Func<Ranks, T> body, CancellationToken cancellation)
    {
        var mpi = Loaded.Value;
        mpi._isWaitedFor = true;
        try
        {
            using var ranks = new Ranks(mpi, cancellation);
            Cores.Count = ranks.ShareOfCores();
            return ranks.Run(() => body(ranks));
        }
        finally
        {
            mpi._isWaitedFor = false;
            Cores.Count = Environment.ProcessorCount;
        }
    }

    public void Gather(ReadOnlySpan<byte> mine, Span<byte> all, int[] counts)
    {
        var places = Places(counts, all.Length);
        fixed (byte* from = mine, to = all)
        fixed (int* count = counts, place = places)
            Check(_allGather(from, mine.Length, _byte, to, count, place, _byte, _world));
    }

    public void Exchange(ReadOnlySpan<byte> send, int[] sendCounts, Span<byte> received, int[] receivedCounts)
    {
        var (sendPlaces, receivedPlaces) = (Places(sendCounts, send.Length), Places(receivedCounts, received.Length));
        fixed (byte* from = send, to = received)
        fixed (int* sendCount = sendCounts, sendPlace = sendPlaces, receivedCount = receivedCounts, receivedPlace = receivedPlaces)
            Check(_allToAll(from, sendCount, sendPlace, _byte, to, receivedCount, receivedPlace, _byte, _world));
    }

    private static nint Load()
    {
        // UCX, by which many MPIs move bytes, would take the signals that .NET makes exceptions of (of null, of a division by zero) for crashes.
        if (!OperatingSystem.IsWindows() && Environment.GetEnvironmentVariable("UCX_ERROR_SIGNALS") is null)
            _ = SetEnvironment("UCX_ERROR_SIGNALS\0"u8.ToArray(), "\0"u8.ToArray(), overwrite: 0);
        string[] openMpi = ["libmpi.so.40", "libmpi.so", "libmpi.40.dylib", "libmpi.dylib"];
        string[] mpich = ["libmpi.so.12", "libmpich.so.12", "libmpi.so", "libmpi.12.dylib"];
        var isOpenMpi = Environment.GetEnvironmentVariable("OMPI_COMM_WORLD_SIZE") is not null;
        var isMpich = !isOpenMpi && Environment.GetEnvironmentVariable("PMI_SIZE") is not null;
        foreach (var name in isOpenMpi ? openMpi : isMpich ? [.. mpich, .. openMpi] : openMpi.Concat(mpich))
            if (NativeLibrary.TryLoad(name, out var library))
                return library;
        throw new InvalidOperationException(
            "Distributed is set, and this machine has no MPI: none of libmpi.so.40 (Open MPI), libmpi.so.12 and libmpich.so.12 (MPICH and its like) can be loaded. " +
            "Install one (Debian: openmpi-bin), or have its folder in LD_LIBRARY_PATH.");
    }

    /// <summary>.NET's own changes copies of the variables, which libraries don't see.</summary>
    [DllImport("libc", EntryPoint = "setenv")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory | DllImportSearchPath.System32)]
    private static extern int SetEnvironment(byte[] name, byte[] value, int overwrite);

    private nint Export(string name) => NativeLibrary.GetExport(_library, name);

    private void Begin()
    {
        int isBegun;
        Check(((delegate* unmanaged<int*, int>)Export("MPI_Initialized"))(&isBegun));
        if (isBegun != 0)
            return;                                                          // the program's own, which ends it too
        int level;
        Check(((delegate* unmanaged<void*, void*, int, int*, int>)Export("MPI_Init_thread"))(null, null, Serialized, &level));
        AppDomain.CurrentDomain.ProcessExit += (_, _) => End();
    }

    private void End()
    {
        if (_isWaitedFor)
            _ = ((delegate* unmanaged<nint, int, int>)Export("MPI_Abort"))(_world, Aborted);
        else
            _ = ((delegate* unmanaged<int>)Export("MPI_Finalize"))();
    }

    private int Ask(string function)
    {
        int number;
        Check(((delegate* unmanaged<nint, int*, int>)Export(function))(_world, &number));
        return number;
    }

    private static int[] Places(int[] counts, int total)
    {
        var places = new int[counts.Length];
        for (var i = 1; i < counts.Length; i++)
            places[i] = checked(places[i - 1] + counts[i - 1]);
        return places[^1] + (long)counts[^1] == total ? places : throw new ArgumentException($"The counts add up to {places[^1] + (long)counts[^1]} bytes; there are {total}.", nameof(counts));
    }

    /// <summary>MPI itself ends all processes where one can't be reached, and says which; this is for what else there may be.</summary>
    private static void Check(int status)
    {
        if (status != 0)
            throw new InvalidOperationException($"MPI has returned error {status}.");
    }
}
