namespace TorchSharp.Modules;

#nullable disable

/// <summary>A tensor that a module trains. Takes over the handle, and the place in its dispose scope, of the tensor it is made from.</summary>
public class Parameter : torch.Tensor
{
    public Parameter(torch.Tensor data, bool requires_grad = true) : base(data.with_requires_grad(requires_grad).MoveHandle(), false) =>
        DisposeScope.ReplaceWith(data, this);

    internal Parameter(IntPtr handle) : base(handle) { }
}
