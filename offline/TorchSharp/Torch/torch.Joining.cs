using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public static Tensor cat(IList<Tensor> tensors, long dim = 0) => Joined([.. tensors], dim);
    public static Tensor cat(ReadOnlySpan<Tensor> tensors, long dim = 0) => Joined(tensors.ToArray(), dim);
    public static Tensor cat(Tensor[] tensors, long dim = 0) => Joined(tensors, dim);
    public static Tensor concat(IList<Tensor> tensors, long dim = 0) => cat(tensors, dim);
    public static Tensor concat(ReadOnlySpan<Tensor> tensors, long dim = 0) => cat(tensors, dim);
    public static Tensor concat(Tensor[] tensors, long dim = 0) => cat(tensors, dim);
    public static Tensor concatenate(IList<Tensor> tensors, long axis = 0) => cat(tensors, axis);
    public static Tensor concatenate(ReadOnlySpan<Tensor> tensors, long axis = 0) => cat(tensors, axis);
    public static Tensor concatenate(Tensor[] tensors, long axis = 0) => cat(tensors, axis);

    public static Tensor stack(IEnumerable<Tensor> tensors, long dim = 0) => Op.Call("stack", Arg.Tensors(tensors), dim);

    public static Tensor hstack(IEnumerable<Tensor> tensors) => Op.Call("hstack", Arg.Tensors(tensors));
    public static Tensor hstack(IList<Tensor> tensors) => Op.Call("hstack", Arg.Tensors(tensors));
    public static Tensor hstack(params Tensor[] tensors) => Op.Call("hstack", Arg.Tensors(tensors));
    public static Tensor hstack(ReadOnlySpan<Tensor> tensors) => Op.Call("hstack", Arg.Tensors(tensors.ToArray()));
    public static Tensor vstack(IList<Tensor> tensors) => Op.Call("vstack", Arg.Tensors(tensors));
    public static Tensor vstack(Tensor[] tensors) => Op.Call("vstack", Arg.Tensors(tensors));
    public static Tensor vstack(ReadOnlySpan<Tensor> tensors) => Op.Call("vstack", Arg.Tensors(tensors.ToArray()));

    public static Tensor[] meshgrid(IEnumerable<Tensor> tensors, string indexing = "ij") =>
        Op.CallList("meshgrid.indexing", Arg.Tensors(tensors), indexing);

    public static Tensor einsum(string equation, params Tensor[] tensors) => Op.Call("einsum", equation, Arg.Tensors(tensors));

    public static Tensor[] where(Tensor condition) => condition.dtype == ScalarType.Bool
        ? Op.CallList("where", condition)
        : throw new ArgumentException("The condition must be of type Bool.");

    private static Tensor Joined(Tensor[] tensors, long dim) => tensors.Length switch
    {
        0 => throw new ArgumentException(nameof(tensors)),
        1 => tensors[0].alias(),
        _ => Op.Call("cat", Arg.Tensors(tensors), dim),
    };
}
