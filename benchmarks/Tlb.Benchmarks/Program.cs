using System.CommandLine;
using Tlb.Benchmarks;
using Tlb.Core;

// Times training and scoring beside the same network in PyTorch and in plain TorchSharp, in turn and in one run.
var work = new Option<string>("--work") { Description = "The folder for what is made.", DefaultValueFactory = _ => "artifacts/bench" };
var rounds = new Option<int>("--rounds") { Description = "How often everything is measured.", DefaultValueFactory = _ => 7 };
var peer = new Option<string>("--peer") { Description = "The PyTorch script.", DefaultValueFactory = _ => "benchmarks/peers/tlb_peer.py" };
var only = new Option<string[]>("--only") { Description = "The parts to run: steps, loop, folder, memory, start. Default: all.", AllowMultipleArgumentsPerToken = true };
only.AcceptOnlyFromAmong("steps", "loop", "folder", "memory", "start");
var networks = new Option<string[]>("--network") { Description = $"The networks to time the steps of; other parts take the first. Default: {string.Join(" and ", Workload.NetworkNames)}.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [.. Workload.NetworkNames] };
networks.Validators.Add(result =>
{
    foreach (var token in result.Tokens.Where(token => !TlbConfig.Presets.ContainsKey(token.Value)))
        result.AddError($"No network is named '{token.Value}'; there are {string.Join(", ", TlbConfig.Presets.Keys)}.");
});
var root = new RootCommand("Times training and scoring beside the same network in PyTorch and in plain TorchSharp.") { work, rounds, peer, only, networks };
root.SetAction(arguments => BenchmarkRun.Run(
    Path.GetFullPath(arguments.GetRequiredValue(work)), arguments.GetValue(rounds), arguments.GetRequiredValue(peer), arguments.GetValue(only) ?? [], arguments.GetRequiredValue(networks)));

// What the part "start" starts: a process that predicts one image and says how long that took since it began.
var model = new Argument<string>("model");
var image = new Argument<string>("image");
var first = new Command("first-prediction", "Loads a model, predicts an image, and prints the milliseconds since the process began.") { model, image };
first.SetAction(arguments => FirstPrediction.Run(arguments.GetRequiredValue(model), arguments.GetRequiredValue(image)));
root.Subcommands.Add(first);

var data = new Option<string>("--data") { Description = "A folder of images of one size, one sub-folder per class.", Required = true };
var training = new Option<int>("--training") { Description = "The images to train on.", DefaultValueFactory = _ => 10_000 };
var validation = new Option<int>("--validation") { Description = "The images to measure on.", DefaultValueFactory = _ => 5_000 };
var seeds = new Option<int>("--seeds") { Description = "The runs of each option.", DefaultValueFactory = _ => 3 };
var variants = new Option<string[]>("--only") { Description = "Parts of the names of the runs that are wanted. Default: all.", AllowMultipleArgumentsPerToken = true };
var study = new Command("options", "Trains briefly with one option changed at a time, and prints what that changes.") { data, training, validation, seeds, variants };
study.SetAction(arguments => OptionStudy.Run(arguments.GetRequiredValue(data), arguments.GetValue(training), arguments.GetValue(validation), arguments.GetValue(seeds), arguments.GetValue(variants) ?? []));
root.Subcommands.Add(study);

var tokens = new Command("tokens", "Times networks of more and more tokens: in chunks, and all at once.");
tokens.SetAction(arguments => TokenCost.Run(Path.GetFullPath(arguments.GetRequiredValue(work))));
root.Subcommands.Add(tokens);

var sizes = new Command("sizes", "Times the network that is taken for images of each size.");
sizes.SetAction(_ => SizeCost.Run());
root.Subcommands.Add(sizes);

var batch = new Option<int>("--batch-size") { Description = "The images of a step.", DefaultValueFactory = _ => 256 };
var ranks = new Command("ranks", "Times a step of 1, 2 and 4 processes on this machine, and compares their weights. Needs mpirun.") { batch };
ranks.SetAction(arguments => RankBenchmark.Run(arguments.GetRequiredValue(networks)[^1], arguments.GetValue(batch), arguments.GetValue(rounds)));
root.Subcommands.Add(ranks);

// What "ranks" has MPI start.
var (stepsOf, stepImages, stepCount) = (new Argument<string>("network"), new Argument<int>("images"), new Argument<int>("steps"));
var rankSteps = new Command("rank-steps", "Trains a few steps together with the other processes, and prints what a step took.") { stepsOf, stepImages, stepCount };
rankSteps.SetAction(arguments => RankBenchmark.Steps(arguments.GetRequiredValue(stepsOf), arguments.GetValue(stepImages), arguments.GetValue(stepCount)));
root.Subcommands.Add(rankSteps);

var device = new Argument<string>("device") { Description = "The device, such as cuda:0." };
var batches = new Option<int[]>("--batch-size") { Description = "The sizes of batches.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [256, 2048] };
var onDevice = new Command("device", "Times the network on a CUDA device in every precision, beside PyTorch on the same device.") { device, batches };
onDevice.SetAction(arguments => DeviceBenchmarks.Run(
    Path.GetFullPath(arguments.GetRequiredValue(work)), arguments.GetRequiredValue(device), arguments.GetRequiredValue(batches), arguments.GetValue(rounds), arguments.GetRequiredValue(peer), arguments.GetRequiredValue(networks)));

var minutes = new Option<double>("--minutes") { Description = "How long.", DefaultValueFactory = _ => 30 };
var threads = new Option<int>("--threads") { Description = "The threads that work at once.", DefaultValueFactory = _ => 8 };
var leak = new Option<string>("--leak") { Description = $"What to leak on purpose, to see that it is found: {string.Join(", ", Leak.Kinds.Keys)}.", DefaultValueFactory = _ => "nothing" };
leak.AcceptOnlyFromAmong([.. Leak.Kinds.Keys]);
var soak = new Command("soak", "Trains, scores, loads, saves, cancels and disposes on many threads, and fails where a result is wrong or memory, handles or threads grow.") { minutes, threads, leak };
soak.SetAction(arguments => SoakRun.Run(
    Path.GetFullPath(arguments.GetRequiredValue(work)), TimeSpan.FromMinutes(arguments.GetValue(minutes)), arguments.GetValue(threads), arguments.GetRequiredValue(leak)));
root.Subcommands.Add(soak);

var requests = new Option<int>("--requests") { Description = "The requests of each line.", DefaultValueFactory = _ => 10_000 };
var service = new Command("service", "Posts images to the service, by more and more clients at a time.") { requests };
service.SetAction((arguments, _) => ServiceLoad.Run(new Workload(Path.GetFullPath(arguments.GetRequiredValue(work)), nameof(TlbConfig.Base)), arguments.GetValue(requests)));
root.Subcommands.Add(service);
work.Recursive = rounds.Recursive = peer.Recursive = networks.Recursive = true;
root.Subcommands.Add(onDevice);
return root.Parse(args).Invoke();
