namespace TorchSharp.Modules;

#nullable disable

using static torch;

public interface IParameterLessModule
{
}

/// <summary>A module without tensors of its own: nothing can be registered in it, and moving it does nothing.</summary>
public abstract class ParameterLessModule<T1, TResult> : nn.Module<T1, TResult>, IParameterLessModule
{
    protected ParameterLessModule(string name) : base(name) { }

    protected internal override nn.Module _to(Device device, ScalarType dtype, bool non_blocking) => this;

    protected internal override nn.Module _to(DeviceType deviceType, int deviceIndex, bool non_blocking) => this;

    protected internal override nn.Module _to(ScalarType dtype, bool non_blocking) => this;

    public override void register_buffer(string name, Tensor tensor, bool persistent = true) =>
        throw new InvalidOperationException("This kind of module has no tensors of its own.");

    public override void register_parameter(string name, Parameter param) =>
        throw new InvalidOperationException("This kind of module has no tensors of its own.");

    public override void register_module(string name, nn.Module submodule)
    {
        if (submodule is not IParameterLessModule)
            throw new InvalidOperationException("This kind of module takes only modules without tensors of their own.");
        base.register_module(name, submodule);
    }
}
