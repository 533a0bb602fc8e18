using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace Tlb.Core;

/// <summary>The weights of one network: all its parameters' values, in the order of its <see cref="ParameterLayout"/>.</summary>
public sealed class NetworkWeights
{
    /// <summary>The prefix that files with other tensors beside the weights give them (<c>w.head.bias</c>).</summary>
    private const string Prefix = "w.";

    /// <summary>Makes weights that are all zero.</summary>
    /// <param name="config">The network they are for.</param>
    /// <exception cref="ArgumentException">The configuration is not valid.</exception>
    public NetworkWeights(TlbConfig config) : this(config, new ParameterLayout(config))
    {
    }

    private NetworkWeights(TlbConfig config, ParameterLayout layout) => (Config, Layout, Values) = (config, layout, new float[layout.ValueCount]);

    /// <summary>The network the weights are for.</summary>
    public TlbConfig Config { get; }

    /// <summary>The names, shapes and places of the parameters.</summary>
    public ParameterLayout Layout { get; }

    /// <summary>The values of all parameters, one after the other.</summary>
    public float[] Values { get; }

    /// <summary>The values of one parameter.</summary>
    /// <param name="name">Its name, such as <c>head.kernel</c>.</param>
    /// <exception cref="KeyNotFoundException">The network has no such parameter.</exception>
    public Span<float> this[string name] => Of(Layout[name]).Span;

    /// <summary>The values of one parameter.</summary>
    /// <param name="parameter">A parameter of <see cref="Layout"/>.</param>
    public Memory<float> Of(ParameterSpec parameter)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        return Values.AsMemory(parameter.Offset, parameter.Count);
    }

    /// <summary>Weights as training starts with: Keras's initial values.</summary>
    /// <param name="config">The network.</param>
    /// <param name="seed">The seed of the random numbers: the same seed gives the same weights.</param>
    /// <exception cref="ArgumentException">The configuration is not valid.</exception>
    public static NetworkWeights Initialize(TlbConfig config, int seed)
    {
        var weights = new NetworkWeights(config);
        var random = new Random(seed);
        foreach (var parameter in weights.Layout)
        {
            var (constant, limit) = parameter.Initializer;
            foreach (ref var value in weights.Of(parameter).Span)
                value = limit == 0 ? constant : limit * (2 * random.NextSingle() - 1);
        }
        return weights;
    }

    /// <summary>A copy with its own values.</summary>
    public NetworkWeights Clone()
    {
        var copy = new NetworkWeights(Config, Layout);
        Values.CopyTo(copy.Values, 0);
        return copy;
    }

    /// <summary>Writes the weights as a safetensors file, under the names of <see cref="Layout"/>.</summary>
    /// <param name="path">The file's path. A file that is there is replaced when the new one is complete.</param>
    /// <exception cref="InvalidOperationException">A weight is infinite or NaN; the message names its tensor.</exception>
    public void Save(string path) => OutputFile.Write(path, Save);

    /// <summary>Writes the weights in the safetensors format.</summary>
    /// <param name="stream">Where to.</param>
    /// <exception cref="InvalidOperationException">A weight is infinite or NaN; the message names its tensor.</exception>
    public void Save(Stream stream)
    {
        ThrowIfNotFinite();
        Safetensors.Write(
            stream,
            [.. Layout.Select(parameter => (parameter.Name, parameter.Shape, (ReadOnlyMemory<float>)Of(parameter)))],
            new Dictionary<string, string> { ["format"] = "tlb", ["config"] = JsonSerializer.Serialize(Config, TlbConfigJson.Default.TlbConfig) });
    }

    /// <summary>Fails where the weights are none to save.</summary>
    /// <exception cref="InvalidOperationException">A weight is infinite or NaN; the message names its tensor.</exception>
    internal void ThrowIfNotFinite()
    {
        if (Layout.Select(FindNotFinite).FirstOrDefault(problem => problem is not null) is { } found)
            throw new InvalidOperationException($"The weights can't be saved: {found} Training with a lower learning rate keeps them finite.");
    }

    /// <summary>Reads the weights of a network from a safetensors file, of our own or exported from Keras.</summary>
    /// <param name="path">The file's path.</param>
    /// <param name="config">The network.</param>
    /// <exception cref="InvalidDataException">The file is damaged, or holds other parameters than the network has or some that are not finite; the message names them.</exception>
    public static NetworkWeights Load(string path, TlbConfig config)
    {
        try
        {
            return From(Safetensors.Read(path), config);
        }
        catch (InvalidDataException e) when (!e.Message.Contains(path, StringComparison.Ordinal))
        {
            throw new InvalidDataException($"'{path}' doesn't fit the network: {e.Message}", e);
        }
    }

    /// <summary>Takes the weights of a network from a safetensors file.</summary>
    /// <param name="file">
    /// The file. Each parameter stands under its name, or under its name with "w." before it in a file that holds other tensors too.
    /// </param>
    /// <param name="config">The network.</param>
    /// <exception cref="InvalidDataException">The file holds other parameters than the network has or some that are not finite; the message names them.</exception>
    internal static NetworkWeights From(Safetensors file, TlbConfig config)
    {
        ArgumentNullException.ThrowIfNull(file);
        var layout = new ParameterLayout(config);
        var prefix = file.Tensors.Keys.Any(name => name.StartsWith(Prefix, StringComparison.Ordinal)) ? Prefix : "";
        var problems = new List<string>();
        foreach (var parameter in layout)
        {
            if (!file.Tensors.TryGetValue(prefix + parameter.Name, out var tensor))
                problems.Add($"'{parameter.Name}' is missing.");
            else if (!tensor.Shape.AsSpan().SequenceEqual(parameter.Shape.AsSpan()))
                problems.Add($"'{parameter.Name}' has shape {Text(tensor.Shape)}, expected {Text(parameter.Shape)}.");
        }
        var known = layout.Select(parameter => prefix + parameter.Name).ToHashSet(StringComparer.Ordinal);
        problems.AddRange(file.Tensors.Keys
            .Where(name => name.StartsWith(prefix, StringComparison.Ordinal) && !known.Contains(name))
            .Select(name => $"'{name}' is not a parameter of this network."));
        ThrowIfAny(problems);

        var weights = new NetworkWeights(config, layout);                    // not before the file is known to have as many
        foreach (var parameter in layout)
        {
            file.Tensors[prefix + parameter.Name].ToSingles().CopyTo(weights.Of(parameter));
            if (weights.FindNotFinite(parameter) is { } problem)
                problems.Add(problem);
        }
        ThrowIfAny(problems);
        return weights;

        static void ThrowIfAny(List<string> problems)
        {
            if (problems.Count > 0)
                throw new InvalidDataException(string.Join(" ", problems.Take(5)) + (problems.Count > 5 ? $" And {problems.Count - 5} more." : ""));
        }

        static string Text(ImmutableArray<int> shape) => $"[{string.Join(", ", shape)}]";
    }

    /// <summary>Says where a parameter has a value that is infinite or NaN; null where it has none.</summary>
    private string? FindNotFinite(ParameterSpec parameter)
    {
        var values = Of(parameter).Span;
        for (var i = 0; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i]))
                return string.Create(CultureInfo.InvariantCulture, $"'{parameter.Name}' holds {values[i]} at place {i}; expected finite numbers.");
        }
        return null;
    }
}
