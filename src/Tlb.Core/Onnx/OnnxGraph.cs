using System.Runtime.InteropServices;

namespace Tlb.Core;

/// <summary>A graph of ONNX operators: built node by node, then written as a model file.</summary>
/// <remarks>
/// Values are known by their names. Of the format (onnx.proto) there are the fields that the graph of a network needs: their numbers, and
/// beside them their names.
/// </remarks>
internal sealed class OnnxGraph
{
    private const int IrVersion = 8;
    private const int OperatorSet = 17;                                      // the first with LayerNormalization
    private const string Batch = "N";

    private readonly ProtobufMessage _graph = new ProtobufMessage().Text(2, "tlb"); // name
    private readonly HashSet<string> _constants = new(StringComparer.Ordinal);
    private int _nodes;

    /// <summary>What the names of the next nodes begin with, for those who look at the graph.</summary>
    public string Scope { get; set; } = "";

    /// <summary>Adds an input.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="type">The type of its values.</param>
    /// <param name="sizes">Its sizes after the first, which is that of the batch.</param>
    /// <returns>The name.</returns>
    public string Input(string name, OnnxType type, params ReadOnlySpan<int> sizes)
    {
        _graph.Message(11, Value(name, type, sizes));                        // input
        return name;
    }

    /// <summary>Adds an output of floats.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">The value that is given out.</param>
    /// <param name="sizes">Its sizes after the first, which is that of the batch.</param>
    public void Output(string name, string value, params ReadOnlySpan<int> sizes)
    {
        AddNode("Identity", [value], [name]);
        _graph.Message(12, Value(name, OnnxType.Single, sizes));             // output
    }

    /// <summary>Adds a constant of floats, unless there is one of its name.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="shape">Its shape; empty for a single number.</param>
    /// <param name="values">Its values.</param>
    /// <returns>The name.</returns>
    public string Constant(string name, ReadOnlySpan<int> shape, params ReadOnlySpan<float> values) =>
        Constant(name, OnnxType.Single, shape, MemoryMarshal.AsBytes(values));

    /// <summary>Adds a constant of whole numbers, a vector, unless there is one of its name.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="values">Its values.</param>
    /// <returns>The name.</returns>
    public string Constant(string name, params ReadOnlySpan<long> values) => Constant(name, OnnxType.Int64, [values.Length], MemoryMarshal.AsBytes(values));

    /// <summary>Adds a node of one output.</summary>
    /// <param name="operation">Its operator.</param>
    /// <param name="inputs">Its inputs.</param>
    /// <param name="attributes">Its attributes.</param>
    /// <returns>The output.</returns>
    public string Node(string operation, ReadOnlySpan<string> inputs, params ReadOnlySpan<ProtobufMessage> attributes)
    {
        var output = $"{Scope}/{operation}_{_nodes}";
        AddNode(operation, inputs, [output], attributes);
        return output;
    }

    /// <summary>Cuts a value into parts.</summary>
    /// <param name="value">The value.</param>
    /// <param name="axis">The axis to cut along.</param>
    /// <param name="sizes">The sizes of the parts, a constant.</param>
    /// <param name="count">The parts.</param>
    public string[] Split(string value, int axis, string sizes, int count)
    {
        string[] outputs = [.. Enumerable.Range(0, count).Select(part => $"{Scope}/Split_{_nodes}.{part}")];
        AddNode("Split", [value, sizes], outputs, With("axis", axis));
        return outputs;
    }

    /// <summary>An attribute that is a whole number.</summary>
    public static ProtobufMessage With(string name, long value) => new ProtobufMessage().Text(1, name).Integer(3, value).Integer(20, 2); // i, and its type

    /// <summary>An attribute that is a float.</summary>
    public static ProtobufMessage With(string name, float value) => new ProtobufMessage().Text(1, name).Single(2, value).Integer(20, 1); // f, and its type

    /// <summary>An attribute that is a list of whole numbers.</summary>
    public static ProtobufMessage With(string name, ReadOnlySpan<int> values)
    {
        var attribute = new ProtobufMessage().Text(1, name);
        foreach (var value in values)
            attribute.Integer(8, value);                                     // ints
        return attribute.Integer(20, 7);                                     // type
    }

    /// <summary>Writes a model file with this graph.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="description">What the model is, for people.</param>
    /// <param name="metadata">Texts for programs, by their keys.</param>
    /// <exception cref="InvalidOperationException">The file would be larger than protobuf allows, 2 GB.</exception>
    public void WriteTo(Stream stream, string description, params ReadOnlySpan<(string Key, string Text)> metadata)
    {
        var model = new ProtobufMessage()
            .Integer(1, IrVersion)                                           // ir_version
            .Text(2, "Tlb.ML")                                               // producer_name
            .Text(6, description)                                            // doc_string
            .Message(7, _graph)                                              // graph
            .Message(8, new ProtobufMessage().Text(1, "").Integer(2, OperatorSet)); // opset_import: domain, version
        foreach (var (key, text) in metadata)
            model.Message(14, new ProtobufMessage().Text(1, key).Text(2, text)); // metadata_props: key, value
        if (model.Length > int.MaxValue)
            throw new InvalidOperationException(FormattableString.Invariant($"The model takes {model.Length:N0} bytes as an ONNX file; the format allows {int.MaxValue:N0}."));
        model.WriteTo(stream);
    }

    private void AddNode(string operation, ReadOnlySpan<string> inputs, ReadOnlySpan<string> outputs, params ReadOnlySpan<ProtobufMessage> attributes)
    {
        var node = new ProtobufMessage();
        foreach (var input in inputs)
            node.Text(1, input);                                             // input
        foreach (var output in outputs)
            node.Text(2, output);                                            // output
        node.Text(3, $"{Scope}/{operation}_{_nodes++}").Text(4, operation);  // name, op_type
        foreach (var attribute in attributes)
            node.Message(5, attribute);                                      // attribute
        _graph.Message(1, node);                                             // node
    }

    private string Constant(string name, OnnxType type, ReadOnlySpan<int> shape, ReadOnlySpan<byte> values)
    {
        if (!_constants.Add(name))
            return name;
        var tensor = new ProtobufMessage();
        foreach (var size in shape)
            tensor.Integer(1, size);                                         // dims
        tensor.Integer(2, (long)type).Text(8, name).Bytes(9, values.ToArray()); // data_type, name, raw_data: little-endian
        _graph.Message(5, tensor);                                           // initializer
        return name;
    }

    /// <summary>The name, the type and the shape of an input or output.</summary>
    private static ProtobufMessage Value(string name, OnnxType type, ReadOnlySpan<int> sizes)
    {
        var shape = new ProtobufMessage().Message(1, new ProtobufMessage().Text(2, Batch)); // dim: dim_param
        foreach (var size in sizes)
            shape.Message(1, new ProtobufMessage().Integer(1, size));        // dim: dim_value
        var tensor = new ProtobufMessage().Integer(1, (long)type).Message(2, shape); // elem_type, shape
        return new ProtobufMessage().Text(1, name).Message(2, new ProtobufMessage().Message(1, tensor)); // name, type: tensor_type
    }
}
