using System.Diagnostics;
using System.Globalization;
using Tlb.Cpu;
using Tlb.Fuzz;

// Tries what strangers' files, damaged files and odd networks can do: cases drawn from a seed, until there were enough or time is up.
// dotnet run -c Release --project tests/Tlb.Fuzz -- --cases 10000 --seconds 600 --seed 1 [--first 123]
var (cases, seconds, seed, first) = (Number("--cases", int.MaxValue), Number("--seconds", int.MaxValue), Number("--seed", 1), Number("--first", 0));

const int MostSeconds = 60;                                                  // of a case, on a machine that others keep busy too
var memory = GuardedMemory.IsSupported ? new GuardedMemory() : null;
AlignedFloats.Guard = memory;
var setup = new Random(seed);
var files = new ModelFileCases(setup);
using var checkpoints = new CheckpointCases(setup);
var networks = new NetworkCases(memory);
(string Name, int Share, Action<Random> Run)[] kinds =
[
    ("bits of a zip", 30, files.Flip),
    ("parts of a zip", 20, files.Cut),
    ("bits, sealed", 10, files.Craft),
    ("numbers, sealed", 15, files.CraftNumber),
    ("networks, sealed", 5, files.CraftNetwork),
    ("checkpoints", 12, checkpoints.Damage),
    ("scoring", 5, networks.Score),
    ("training", 3, networks.Train),
];
List<(string Name, Action<Random> Run)> table = [.. kinds.SelectMany(kind => Enumerable.Repeat((kind.Name, kind.Run), kind.Share))];

var clock = Stopwatch.StartNew();
var (done, failed, slowest) = (0, 0, (Time: TimeSpan.Zero, Place: ""));
var counts = kinds.ToDictionary(kind => kind.Name, _ => (Count: 0, Time: TimeSpan.Zero));
var place = "none";
var began = clock.Elapsed;
using var watch = new Timer(_ =>
{
    if (clock.Elapsed - began < TimeSpan.FromSeconds(MostSeconds))
        return;
    Console.WriteLine($"HANGS {place}");
    Environment.Exit(3);
}, null, 1000, 1000);
for (var index = first; done < cases && clock.Elapsed.TotalSeconds < seconds; index++, done++)
{
    var random = new Random(unchecked(seed * 1_000_003 + index));
    var (name, run) = table[random.Next(table.Count)];
    place = string.Create(CultureInfo.InvariantCulture, $"--seed {seed} --first {index} --cases 1: {name}");
    if (Environment.GetEnvironmentVariable("TLB_FUZZ_PLACE") is { } file)    // what was running, should the process end
        File.WriteAllText(file, place);
    memory?.BeginsAtGuard = index % 2 == 0;
    began = clock.Elapsed;
    try
    {
        run(random);
    }
    catch (Exception e)
    {
        failed++;
        Console.WriteLine($"FAILED {place}: {(e is CaseFailedException { InnerException: null } ? e.Message : e)}");
    }
    var took = clock.Elapsed - began;
    counts[name] = (counts[name].Count + 1, counts[name].Time + took);
    if (took > slowest.Time)
        slowest = (took, place);
}
var peak = Process.GetCurrentProcess().PeakWorkingSet64 >> 20;
Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
    $"{done} cases in {clock.Elapsed.TotalSeconds:F0} s, {failed} failed; slowest {slowest.Time.TotalSeconds:F1} s ({slowest.Place}); peak {peak} MB; {memory?.Count ?? 0} guarded arrays"));
foreach (var (name, (count, time)) in counts)
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count,8} {name}, {time.TotalMilliseconds / Math.Max(1, count):F0} ms each"));
return failed == 0 ? 0 : 1;

int Number(string name, int otherwise) =>
    Array.IndexOf(args, name) is var at && at >= 0 ? int.Parse(args[at + 1], NumberStyles.Integer, CultureInfo.InvariantCulture) : otherwise;
