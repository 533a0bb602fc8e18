using System.Collections;

namespace Tlb.Core;

/// <summary>The names, shapes and places of all trainable tensors of a network, in order.</summary>
/// <remarks>This is the one form that weights have outside an engine: Keras's shapes, one after the other in one array.</remarks>
public sealed class ParameterLayout : IReadOnlyList<ParameterSpec>
{
    private readonly List<ParameterSpec> _parameters = [];
    private readonly Dictionary<string, ParameterSpec> _byName = new(StringComparer.Ordinal);

    /// <summary>Lays out the parameters of a network.</summary>
    /// <param name="config">The network.</param>
    /// <exception cref="ArgumentException">The configuration is not valid.</exception>
    public ParameterLayout(TlbConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        config.ThrowIfInvalid();
        foreach (var (name, shape, initializer) in NetworkPlan.Parameters(config))
        {
            var parameter = new ParameterSpec(name, [.. shape], ValueCount, initializer);
            _parameters.Add(parameter);
            _byName.Add(name, parameter);
            ValueCount = checked(ValueCount + parameter.Count);
        }
    }

    /// <summary>The number of parameter tensors.</summary>
    public int Count => _parameters.Count;

    /// <summary>The number of values in all of them.</summary>
    public int ValueCount { get; private set; }

    /// <summary>The parameter at a place in the order.</summary>
    /// <param name="index">The place, from 0.</param>
    public ParameterSpec this[int index] => _parameters[index];

    /// <summary>The parameter of a name.</summary>
    /// <param name="name">The name, such as <c>patch.ln.gamma</c>.</param>
    /// <exception cref="KeyNotFoundException">The network has no such parameter.</exception>
    public ParameterSpec this[string name] => _byName.TryGetValue(name, out var parameter)
        ? parameter
        : throw new KeyNotFoundException($"This network has no parameter '{name}'.");

    /// <inheritdoc/>
    public IEnumerator<ParameterSpec> GetEnumerator() => _parameters.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
