using System.CommandLine;
using Tlb.Benchmarks;

// Times training and scoring beside the same network in PyTorch, in turn and in one run.
var work = new Option<string>("--work") { Description = "The folder for what is made.", DefaultValueFactory = _ => "artifacts/bench" };
var rounds = new Option<int>("--rounds") { Description = "How often everything is measured.", DefaultValueFactory = _ => 7 };
var peer = new Option<string>("--peer") { Description = "The PyTorch script.", DefaultValueFactory = _ => "benchmarks/peers/tlb_peer.py" };
var only = new Option<string[]>("--only") { Description = "The parts to run: steps, folder, memory, start. Default: all.", AllowMultipleArgumentsPerToken = true };
var root = new RootCommand("Times training and scoring beside the same network in PyTorch.") { work, rounds, peer, only };
root.SetAction(arguments => BenchmarkRun.Run(
    Path.GetFullPath(arguments.GetRequiredValue(work)), arguments.GetValue(rounds), arguments.GetRequiredValue(peer), arguments.GetValue(only) ?? []));

// What the part "start" starts: a process that predicts one image and says how long that took since it began.
var model = new Argument<string>("model");
var image = new Argument<string>("image");
var first = new Command("first-prediction", "Loads a model, predicts an image, and prints the milliseconds since the process began.") { model, image };
first.SetAction(arguments => FirstPrediction.Run(arguments.GetRequiredValue(model), arguments.GetRequiredValue(image)));
root.Subcommands.Add(first);
return root.Parse(args).Invoke();
