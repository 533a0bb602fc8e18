using TorchSharp.Interop;
using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class utils
        {
            /// <summary>Scales the gradients down to a norm over all of them, and returns what it was.</summary>
            public static double clip_grad_norm_(IEnumerable<Parameter> tensors, double max_norm, double norm_type = 2.0)
            {
                using var scope = NewDisposeScope();
                using var mode = no_grad();
                var grads = tensors.Select(tensor => tensor.grad).OfType<Tensor>().ToArray();
                if (grads.Length == 0) return 0;
                var total = double.IsPositiveInfinity(norm_type) ? stack(grads.Select(grad => grad.abs().max())).max()
                    : norm_type == 0 ? tensor((double)grads.Length, get_default_dtype())
                    : Norm(grads.Length == 1 ? grads[0] : stack(grads.Select(grad => Norm(grad, norm_type))), norm_type);
                var factor = total.add(1e-6).reciprocal().mul(max_norm).clamp_max(1.0);
                foreach (var grad in grads) grad.mul_(factor);
                return total.ToDouble();
            }

            public static void clip_grad_value_(IEnumerable<Parameter> tensors, double clip_value)
            {
                using var mode = no_grad();
                foreach (var tensor in tensors)
                {
                    using var grad = tensor.grad;
                    grad?.clamp_((Scalar)(-clip_value), (Scalar)clip_value);
                }
            }

            public static Tensor parameters_to_vector(IEnumerable<Parameter> tensors)
            {
                var flat = tensors.Select(tensor => tensor.view(-1)).ToArray();
                var joined = Op.Call("cat", Arg.Tensors(flat), 0L);
                foreach (var part in flat) part.Dispose();
                return joined;
            }

            /// <summary>Makes each parameter a view of its part of the vector.</summary>
            public static void vector_to_parameters(Tensor vec, IEnumerable<Parameter> tensors)
            {
                long start = 0;
                using var mode = no_grad();
                foreach (var tensor in tensors)
                {
                    using var part = vec.narrow(0, start, tensor.numel());
                    using var shaped = part.view_as(tensor);
                    tensor.set_(shaped);
                    start += tensor.numel();
                }
            }

            private static Tensor Norm(Tensor tensor, double p) => Op.Call("norm.Scalar", tensor, p);
        }
    }
}
