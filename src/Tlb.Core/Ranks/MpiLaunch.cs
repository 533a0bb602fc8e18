using System.Globalization;

namespace Tlb.Core;

/// <summary>
/// This process's place among those that a launcher of MPI programs (<c>mpirun</c>, <c>mpiexec</c>, <c>srun</c>) has started together, as the
/// launcher's environment variables say: known before MPI is. A process that was started alone is rank 0 of 1.
/// </summary>
public static class MpiLaunch
{
    /// <summary>Of Open MPI's mpirun, of MPICH's and Intel's, of Slurm's srun: the inner ones first, as mpirun itself may run under srun.</summary>
    private static readonly (string Rank, string Count)[] Variables =
        [("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"), ("PMI_RANK", "PMI_SIZE"), ("SLURM_PROCID", "SLURM_STEP_NUM_TASKS")];

    /// <summary>The number of this process, from 0. The process of rank 0 is the one to write files and to print.</summary>
    public static int Rank { get; } = Read().Rank;

    /// <summary>How many processes were started together; 1 or more.</summary>
    public static int Count { get; } = Read().Count;

    private static (int Rank, int Count) Read()
    {
        foreach (var (rank, count) in Variables)
            if (Number(count) is { } processes and > 0 && Number(rank) is { } number && number < processes)
                return (number, processes);
        return (0, 1);
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
