using System.Text.Json;
using Tlb.Tests;

namespace Tlb.Core.Tests;

/// <summary>examples/Keras/tlb_weights.py: the weights of a Keras model, as the weights of ours.</summary>
public sealed class KerasWeightsTests
{
    // Weights as Keras has them, with what the script asks of them, in the order of model.weights: none need Keras or numpy to be there.
    private const string Driver = """
        import json, sys
        sys.path.insert(0, sys.argv[1])
        import tlb_weights

        class Array:
            def __init__(self, shape, data): self.shape, self.data = shape, data
            def astype(self, kind): assert kind == "<f4"; return self
            def tobytes(self): return self.data

        class Weight:
            def __init__(self, path, array): self.path, self.array = path, array
            def numpy(self): return self.array

        golden = open(sys.argv[2], "rb").read()
        length = int.from_bytes(golden[:8], "little")
        header = json.loads(golden[8:8 + length])
        weights = []
        for name, path in json.load(open(sys.argv[3])).items():
            entry = header["w." + name]
            first, end = entry["data_offsets"]
            weights.append(Weight(path, Array(tuple(entry["shape"]), golden[8 + length + first:8 + length + end])))
        tlb_weights.save(weights, sys.argv[4])
        """;

    [PythonFact]
    public void The_weights_of_a_Keras_model_get_our_names()
    {
        var folder = Directory.CreateTempSubdirectory("tlb-test-").FullName;
        try
        {
            var (script, file) = (Path.Combine(folder, "driver.py"), Path.Combine(folder, "weights.safetensors"));
            File.WriteAllText(script, Driver);
            var golden = Path.Combine(AppContext.BaseDirectory, "Golden");
            using var python = new ChildProcess("python3", script, AppContext.BaseDirectory, Path.Combine(golden, "golden_b.safetensors"), Path.Combine(golden, "keras_paths_b.json"), file);
            Assert.True(python.ExitCode == 0, python.Output);
            var config = Golden.ConfigB with { NumberOfClasses = 10 };
            Assert.Equal(Golden.Read("golden_b").Weights(config, "w.").Values, NetworkWeights.Load(file, config).Values);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void The_paths_are_of_all_weights()
    {
        using var paths = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", "keras_paths_b.json")));
        Assert.Equal(
            new NetworkWeights(Golden.ConfigB).Layout.Select(parameter => parameter.Name).Order(StringComparer.Ordinal),
            paths.RootElement.EnumerateObject().Select(path => path.Name).Order(StringComparer.Ordinal));
    }

    private sealed class PythonFactAttribute : FactAttribute
    {
        public PythonFactAttribute() =>
            Skip = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "python3"))) ? null : "there is no python3";
    }
}
