using System.Collections;

namespace Tlb.Core;

/// <summary>The names, shapes and places of all trainable tensors of a network, in order.</summary>
/// <remarks>This is the one form that weights have outside an engine: Keras's shapes, one after the other in one array.</remarks>
public sealed class ParameterLayout : IReadOnlyList<ParameterSpec>
{
    private readonly List<ParameterSpec> _parameters = [];
    private readonly Dictionary<string, ParameterSpec> _byName = new(StringComparer.Ordinal);
    private readonly int _dimension;
    private readonly int _heads;

    /// <summary>Lays out the parameters of a network.</summary>
    /// <param name="config">The network.</param>
    /// <exception cref="ArgumentException">The configuration is not valid.</exception>
    public ParameterLayout(TlbConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        config.ThrowIfInvalid();
        (_dimension, _heads) = (config.EmbeddingDimension, config.NumberOfHeads);

        Kernel("patch.projection", config.PatchSize, config.PatchSize, TlbConfig.Channels, _dimension);
        Add("patch.position_embedding", ParameterInitializer.Positions, config.TokenCount, _dimension);
        LayerNorm("patch.ln");
        for (var i = 0; i < config.BlockCount; i++)
            Block($"pm.{i}", config.ReadsState(i));
        Block("tlb", readsState: false);
        Kernel("head", _dimension, config.NumberOfClasses);
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

    /// <summary>A two-stream block: self-attention, attention to the state where it is used, and the feed-forward layer they share.</summary>
    private void Block(string name, bool readsState)
    {
        Attention($"{name}.fast");
        if (readsState)
            Attention($"{name}.slow");
        LayerNorm($"{name}.ffn.ln");
        Kernel($"{name}.ffn.dense1", _dimension, TlbConfig.FeedForwardExpansion * _dimension);
        Kernel($"{name}.ffn.dense2", TlbConfig.FeedForwardExpansion * _dimension, _dimension);
    }

    private void Attention(string name)
    {
        foreach (var norm in (ReadOnlySpan<string>)["q_ln", "k_ln", "v_ln"])
            LayerNorm($"{name}.{norm}");
        foreach (var projection in (ReadOnlySpan<string>)["query", "key", "value"])
        {
            Add($"{name}.{projection}.kernel", ParameterInitializer.GlorotUniform(_dimension, _heads, _dimension), _dimension, _heads, _dimension);
            Add($"{name}.{projection}.bias", ParameterInitializer.Zeros, _heads, _dimension);
        }
        Kernel($"{name}.output", _heads, _dimension, _dimension);
    }

    private void LayerNorm(string name)
    {
        Add($"{name}.gamma", ParameterInitializer.Ones, _dimension);
        Add($"{name}.beta", ParameterInitializer.Zeros, _dimension);
    }

    /// <summary>A kernel and the bias of its last size.</summary>
    private void Kernel(string name, params ReadOnlySpan<int> shape)
    {
        Add($"{name}.kernel", ParameterInitializer.GlorotUniform(shape), shape);
        Add($"{name}.bias", ParameterInitializer.Zeros, shape[^1]);
    }

    private void Add(string name, ParameterInitializer initializer, params ReadOnlySpan<int> shape)
    {
        var parameter = new ParameterSpec(name, [.. shape], ValueCount, initializer);
        _parameters.Add(parameter);
        _byName.Add(name, parameter);
        ValueCount = checked(ValueCount + parameter.Count);
    }
}
