namespace Tlb.ML.Tests;

/// <summary>A test that runs where Slurm is installed.</summary>
public sealed class SlurmFactAttribute : FactAttribute
{
    private static readonly string[] Programs = ["munged", "slurmctld", "slurmd", "sbatch", "squeue", "sinfo"];

    public SlurmFactAttribute()
    {
        var folders = $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin".Split(':');
        if (!OperatingSystem.IsLinux() || !Array.TrueForAll(Programs, program => Array.Exists(folders, folder => File.Exists(Path.Combine(folder, program)))))
            Skip = "Slurm is not installed (Debian's packages slurm-wlm and munge).";
    }
}
