using TorchSharp.Interop;
using TorchSharp.Utils;

namespace TorchSharp.Modules;

using static torch;

public sealed class Embedding : nn.Module<Tensor, Tensor>
{
    private readonly long _paddingIndex;
    private readonly double? _maxNorm;
    private readonly double _normType;
    private readonly bool _scaleByFrequency;
    private readonly bool _sparse;

    [ComponentName(Name = nameof(weight))]
    private Parameter? _weight;

    internal Embedding(Parameter weight, long? padding_idx, double? max_norm, double norm_type, bool scale_grad_by_freq,
        bool sparse) : base(nameof(Embedding))
    {
        _paddingIndex = padding_idx ?? -1;
        _maxNorm = max_norm;
        _normType = norm_type;
        _scaleByFrequency = scale_grad_by_freq;
        _sparse = sparse;
        this.weight = weight;
    }

    public Parameter? weight
    {
        get => _weight;
        set
        {
            if (value is null) throw new ArgumentNullException(nameof(weight));
            if (value.Handle == _weight?.handle) return;
            _weight?.Dispose();
            _weight = (Parameter)value.DetachFromDisposeScope();
            ConditionallyRegisterParameter(nameof(weight), _weight);
        }
    }

    public override Tensor forward(Tensor input)
    {
        if (_maxNorm is { } limit)
            using (no_grad()) Op.Do("embedding_renorm_", _weight, input, limit, _normType);
        return Op.Call("embedding", _weight, input, _paddingIndex, _scaleByFrequency, _sparse);
    }
}
