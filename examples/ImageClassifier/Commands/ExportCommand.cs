using System.CommandLine;
using Microsoft.ML;
using Tlb.ML;

namespace Tlb.Examples.ImageClassifier;

/// <summary><c>export --model FILE.zip --output FILE.onnx</c>: the network of a model as an ONNX file.</summary>
internal static class ExportCommand
{
    private static readonly ProgramOption<string> Model = new("--model", "The model file.") { Required = true, HelpName = "file" };
    private static readonly ProgramOption<string> Output = new("--output", "The ONNX file to write.") { Required = true, HelpName = "file" };

    public static Command Create()
    {
        var command = new Command("export", "Writes the network of a saved model as an ONNX file, for programs that read those.") { Model, Output };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult arguments)
    {
        var output = ImageClassifier.Output.Check("--output", arguments.GetRequiredValue(Output), ".onnx");
        var model = ModelStages.FirstNetwork(new MLContext().Model.Load(arguments.GetRequiredValue(Model), out _), arguments.GetRequiredValue(Model)).Model;
        model.SaveAsOnnx(output.Path!);
        var size = model.ImageLayout;
        Console.WriteLine($"Exported the network into {output}: it takes images of {size.Width}x{size.Height} pixels.");
        return 0;
    }
}
