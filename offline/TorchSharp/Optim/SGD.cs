namespace TorchSharp.Modules;

#nullable disable

using static torch;
using static torch.optim;

public class SGD : OptimizerHelper, IMomentum
{
    private readonly Dictionary<Parameter, Tensor> _velocities = new(ReferenceEqualityComparer.Instance);

    public SGD(IEnumerable<Parameter> parameters, double lr, double momentum = 0.0, double dampening = 0, double weight_decay = 0,
        bool nesterov = false, bool maximize = false)
        : this([new ParamGroup { Parameters = parameters }], lr, momentum, dampening, weight_decay, nesterov, maximize)
    {
    }

    public SGD(IEnumerable<ParamGroup> parameters, double lr, double momentum = 0.0, double dampening = 0, double weight_decay = 0,
        bool nesterov = false, bool maximize = false)
    {
        if (lr < 0) throw new ArgumentException($"The learning rate must not be negative: {lr}");
        if (momentum < 0) throw new ArgumentException($"momentum must not be negative: {momentum}");
        if (weight_decay < 0) throw new ArgumentException($"weight_decay must not be negative: {weight_decay}");
        if (nesterov && (momentum <= 0 || dampening != 0)) throw new ArgumentException("nesterov needs a momentum, and no dampening.");
        _defaults = new Options
        {
            LearningRate = lr, InitialLearningRate = lr, momentum = momentum, dampening = dampening, weight_decay = weight_decay,
                nesterov = nesterov,
            maximize = maximize,
        };
        foreach (var group in parameters) add_param_group(group);
    }

    public double Momentum
    {
        get => Defaults.momentum.Value;
        set => Defaults.momentum = value;
    }

    private Options Defaults => (Options)_defaults;

    public override void add_param_group(Modules.ParamGroup param_group)
    {
        var options = (Options)(param_group.Options ??= new Options());
        options.LearningRate ??= Defaults.LearningRate;
        options.momentum ??= Defaults.momentum;
        options.dampening ??= Defaults.dampening;
        options.weight_decay ??= Defaults.weight_decay;
        options.nesterov ??= Defaults.nesterov;
        options.maximize ??= Defaults.maximize;
        options.InitialLearningRate = options.LearningRate.Value;
        base.add_param_group(param_group);
    }

    public override Tensor step(Func<Tensor> closure = null) => _step<ParamGroup>(group =>
    {
        foreach (var parameter in group.Parameters) Update(parameter, group.Options);
    }, closure);

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        foreach (var velocity in _velocities.Values) velocity.Dispose();
    }

    private void Update(Parameter parameter, Options options)
    {
        var grad = parameter.grad;
        if (grad is null) return;
        if (options.weight_decay != 0) grad = grad.add(parameter, alpha: options.weight_decay.Value);
        if (options.momentum != 0)
        {
            if (_velocities.TryGetValue(parameter, out var velocity)) velocity.mul_(options.momentum.Value).add_(grad,
                alpha: 1 - options.dampening.Value);
            else _velocities[parameter] = velocity = grad.clone().DetachFromDisposeScope();
            grad = options.nesterov.Value ? grad.add(velocity, alpha: options.momentum.Value) : velocity;
        }
        parameter.add_(grad, alpha: options.maximize.Value ? options.LearningRate.Value : -options.LearningRate.Value);
    }

    public class Options : OptimizerOptions
    {
        public double? momentum;
        public double? dampening;
        public double? weight_decay;
        public bool? nesterov;
        public bool? maximize;
    }

    public class ParamGroup : ParamGroup<Options>, IMomentum
    {
        public ParamGroup() { }

        public ParamGroup(IEnumerable<Parameter> parameters, Options options) : base(parameters, options) { }

        public ParamGroup(IEnumerable<Parameter> parameters, double lr = 1e-3, double momentum = 0.0, double dampening = 0,
            double weight_decay = 0,
            bool nesterov = false, bool maximize = false)
            : base(parameters, new Options
            {
                LearningRate = lr, momentum = momentum, dampening = dampening, weight_decay = weight_decay, nesterov = nesterov,
                    maximize = maximize,
            })
        {
        }

        public double Momentum
        {
            get => Options.momentum.Value;
            set => Options.momentum = value;
        }
    }
}
