namespace TorchSharp.Modules;

#nullable disable

using static torch;
using static torch.optim;

public class AdamW : OptimizerHelper, IBetas
{
    private readonly Dictionary<Parameter, Moments> _moments = new(ReferenceEqualityComparer.Instance);

    public AdamW(IEnumerable<Parameter> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8,
        double weight_decay = 0, bool amsgrad = false, bool maximize = false)
        : this([new ParamGroup { Parameters = parameters }], lr, beta1, beta2, eps, weight_decay, amsgrad, maximize)
    {
    }

    public AdamW(IEnumerable<ParamGroup> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8,
        double weight_decay = 0, bool amsgrad = false, bool maximize = false)
    {
        if (lr < 0) throw new ArgumentException($"The learning rate must not be negative: {lr}");
        if (eps < 0) throw new ArgumentException($"eps must not be negative: {eps}");
        if (beta1 is < 0 or >= 1) throw new ArgumentException($"beta1 must be in [0, 1): {beta1}");
        if (beta2 is < 0 or >= 1) throw new ArgumentException($"beta2 must be in [0, 1): {beta2}");
        if (weight_decay < 0) throw new ArgumentException($"weight_decay must not be negative: {weight_decay}");
        _defaults = new Options
        {
            LearningRate = lr, InitialLearningRate = lr, beta1 = beta1, beta2 = beta2, eps = eps, weight_decay = weight_decay,
                amsgrad = amsgrad,
            maximize = maximize,
        };
        foreach (var group in parameters) add_param_group(group);
    }

    public (double, double) Betas
    {
        get => (Defaults.beta1.Value, Defaults.beta2.Value);
        set => (Defaults.beta1, Defaults.beta2) = value;
    }

    private Options Defaults => (Options)_defaults;

    public override void add_param_group(Modules.ParamGroup param_group)
    {
        var options = (Options)(param_group.Options ??= new Options());
        options.LearningRate ??= Defaults.LearningRate;
        options.beta1 ??= Defaults.beta1;
        options.beta2 ??= Defaults.beta2;
        options.eps ??= Defaults.eps;
        options.weight_decay ??= Defaults.weight_decay;
        options.amsgrad ??= Defaults.amsgrad;
        options.maximize ??= Defaults.maximize;
        options.InitialLearningRate = options.LearningRate.Value;
        base.add_param_group(param_group);
        foreach (var parameter in param_group.Parameters) _moments[parameter] = new Moments(parameter, options.amsgrad.Value);
    }

    public override Tensor step(Func<Tensor> closure = null) => _step<ParamGroup>(group =>
    {
        foreach (var parameter in group.Parameters) Update(parameter, _moments[parameter], group.Options);
    }, closure);

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        foreach (var moments in _moments.Values) moments.Dispose();
    }

    private static void Update(Parameter parameter, Moments moments, Options options)
    {
        var grad = parameter.grad;
        if (grad is null) return;
        if (options.maximize.Value) grad = -grad;
        var (lr, beta1, beta2) = (options.LearningRate.Value, options.beta1.Value, options.beta2.Value);
        moments.Steps++;
        parameter.mul_(1 - lr * options.weight_decay.Value);
        moments.Mean.mul_(beta1).add_(grad, alpha: 1 - beta1);
        moments.Square.mul_(beta2).addcmul_(grad, grad, value: 1 - beta2);
        var square = moments.Square;
        if (moments.Largest is not null)
        {
            moments.Largest.copy_(torch.maximum(moments.Largest, moments.Square));
            square = moments.Largest;
        }
        var denominator = (square.sqrt() / Math.Sqrt(1 - Math.Pow(beta2, moments.Steps))).add_(options.eps.Value);
        parameter.addcdiv_(moments.Mean, denominator, value: -lr / (1 - Math.Pow(beta1, moments.Steps)));
    }

    public class Options : OptimizerOptions
    {
        public double? beta1;
        public double? beta2;
        public double? weight_decay;
        public double? eps;
        public bool? amsgrad;
        public bool? maximize;
    }

    public class ParamGroup : ParamGroup<Options>, IBetas
    {
        public ParamGroup() { }

        public ParamGroup(IEnumerable<Parameter> parameters, Options options) : base(parameters, options) { }

        public ParamGroup(IEnumerable<Parameter> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8,
            double weight_decay = 0, bool amsgrad = false, bool maximize = false)
            : base(parameters, new Options
            {
                LearningRate = lr, beta1 = beta1, beta2 = beta2, eps = eps, weight_decay = weight_decay, amsgrad = amsgrad,
                    maximize = maximize,
            })
        {
        }

        public (double, double) Betas
        {
            get => (Options.beta1.Value, Options.beta2.Value);
            set => (Options.beta1, Options.beta2) = value;
        }
    }

    private sealed class Moments(Parameter parameter, bool keepsLargest) : IDisposable
    {
        public long Steps { get; set; }

        public Tensor Mean { get; } = zeros_like(parameter).DetachFromDisposeScope();

        public Tensor Square { get; } = zeros_like(parameter).DetachFromDisposeScope();

        public Tensor Largest { get; } = keepsLargest ? zeros_like(parameter).DetachFromDisposeScope() : null;

        public void Dispose()
        {
            Mean.Dispose();
            Square.Dispose();
            Largest?.Dispose();
        }
    }
}
