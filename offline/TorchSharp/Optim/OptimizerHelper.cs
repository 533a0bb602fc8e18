namespace TorchSharp.Modules;

#nullable disable

using static torch;
using static torch.optim;

public abstract class OptimizerHelper : Optimizer
{
    protected OptimizerOptions _defaults;

    // One step: the closure sees gradients, the update does not, and what it leaves behind is disposed of together.
    protected Tensor _step<T>(Action<T> body, Func<Tensor> loss_closure = null) where T : ParamGroup
    {
        Tensor loss = null;
        if (loss_closure is not null)
            using (enable_grad()) loss = loss_closure();
        using (no_grad())
        using (NewDisposeScope())
            foreach (var group in _groups) body((T)group);
        return loss;
    }
}
