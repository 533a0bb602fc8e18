using System.Runtime.CompilerServices;

namespace TorchSharp.Modules;

using static torch;

/// <summary>Modules called one after the other. What one hands to the next is disposed of when it has been used.</summary>
public class Sequential : nn.Module<Tensor, Tensor>
{
    private readonly List<(string Name, nn.IModule<Tensor, Tensor> Module)> _items = [];

    protected Sequential(params (string name, nn.Module<Tensor, Tensor> submodule)[] modules) : base(nameof(Sequential))
    {
        foreach (var (name, submodule) in modules) append(name, submodule);
    }

    protected Sequential(params nn.Module<Tensor, Tensor>[] modules) : base(nameof(Sequential))
    {
        foreach (var module in modules) append(module);
    }

    internal Sequential(IEnumerable<(string Name, nn.IModule<Tensor, Tensor> Module)> items) : base(nameof(Sequential)) =>
        _items.AddRange(items);

    public int Count => _items.Count;

    [IndexerName("SequentialItems")]
    public nn.IModule<Tensor, Tensor> this[int index] => _items[index].Module;

    [IndexerName("SequentialItems")]
    public Sequential this[(int? start, int? end) index] => Slice(index.start ?? 0, index.end ?? _items.Count);

    [IndexerName("SequentialItems")]
    public Sequential this[Range index] => Slice(index.Start.GetOffset(_items.Count), index.End.GetOffset(_items.Count));

    public Sequential append(string name, nn.IModule<Tensor, Tensor> module)
    {
        _items.Add((name, module));
        return this;
    }

    public Sequential append(nn.IModule<Tensor, Tensor> module) => append(_items.Count.ToString(), module);

    public override Tensor forward(Tensor tensor)
    {
        if (_items.Count == 0) return tensor.alias();
        var current = _items[0].Module.call(tensor);
        foreach (var (_, module) in _items.Skip(1))
        {
            var next = module.call(current);
            current.Dispose();
            current = next;
        }
        return current;
    }

    public override nn.Module apply(Action<nn.Module> fn)
    {
        foreach (var (_, module) in named_children()) module.apply(fn);
        fn(this);
        return this;
    }

    public override IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true)
    {
        if (!recurse) yield break;
        var seen = new HashSet<IntPtr> { IntPtr.Zero };
        foreach (var (child, module) in named_children())
            foreach (var (path, parameter) in module.named_parameters(true))
                if (seen.Add(parameter.handle)) yield return ($"{child}.{path}", parameter);
    }

    public override IEnumerable<(string name, Tensor buffer)> named_buffers(bool recurse = true, bool include_persistent = true)
    {
        if (!recurse) yield break;
        var seen = new HashSet<IntPtr> { IntPtr.Zero };
        foreach (var (child, module) in named_children())
            foreach (var (path, buffer) in module.named_buffers(true, include_persistent))
                if (seen.Add(buffer.handle)) yield return ($"{child}.{path}", buffer);
    }

    public override IEnumerable<(string name, nn.Module module)> named_children() =>
        _items.Select(item => (item.Name, (nn.Module)item.Module));

    public override IEnumerable<(string name, nn.Module module)> named_modules() => named_children().Concat(named_children()
        .SelectMany(child => child.module.named_modules().Select(pair => ($"{child.name}.{pair.name}", pair.module))));

    protected internal override nn.Module _to(Device device, ScalarType dtype, bool non_blocking)
    {
        foreach (var (_, module) in named_children()) module._to(device, dtype, non_blocking);
        return this;
    }

    protected internal override nn.Module _to(DeviceType deviceType, int deviceIndex, bool non_blocking)
    {
        foreach (var (_, module) in named_children()) module._to(deviceType, deviceIndex, non_blocking);
        return this;
    }

    protected internal override nn.Module _to(ScalarType dtype, bool non_blocking)
    {
        foreach (var (_, module) in named_children()) module._to(dtype, non_blocking);
        return this;
    }

    private Sequential Slice(int start, int end)
    {
        if (start < 0 || start > _items.Count) throw new IndexOutOfRangeException($"The slice starts outside of the sequence: {start}.");
        if (end < 0 || end > _items.Count) throw new IndexOutOfRangeException($"The slice ends outside of the sequence: {end}.");
        return new Sequential(_items.Take(end).Skip(start));
    }
}
