namespace Tlb.ML.Tests;

/// <summary>A fact about processes that <c>mpirun</c> starts; skipped where it isn't installed. They are found by what Linux knows of them.</summary>
internal sealed class MpiFactAttribute : FactAttribute
{
    public MpiFactAttribute() => Skip = !OperatingSystem.IsLinux() ? "not Linux" : IsInstalled ? null : "mpirun is not installed (Debian: openmpi-bin)";

    /// <summary>Whether there is an mpirun.</summary>
    public static bool IsInstalled { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "mpirun")));
}
