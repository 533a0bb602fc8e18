using System.CommandLine;
using Tlb.Examples.Demo;

// Trains on images, saves, loads in a new process and scores a folder of images that training never saw.
var data = new Option<string?>("--data") { Description = "Your folder of images, one sub-folder per class. Default: pictures drawn for the demo." };
var work = new Option<string>("--work") { Description = "The folder for what the demo makes.", DefaultValueFactory = _ => Path.Combine(Path.GetTempPath(), "tlb-demo") };
var root = new RootCommand("Trains on images, saves, loads in a new process and scores a folder.") { data, work };
root.SetAction(arguments => DemoRun.Run(arguments.GetValue(data), Path.GetFullPath(arguments.GetRequiredValue(work))));
return root.Parse(args).Invoke();
