using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            public static Tensor linear(Tensor input, Tensor weights, Tensor? bias = null) => Op.Call("linear", input, weights, bias);

            public static Tensor layer_norm(Tensor input, long[] normalized_shape, Tensor? weight = null, Tensor? bias = null,
                double eps = 1e-5)
            {
                if (input.dtype is not (ScalarType.Float16 or ScalarType.BFloat16))
                    return Op.Call("layer_norm", input, normalized_shape, weight, bias, eps);
                // Newer releases of libtorch normalise half precision in float32, with weights of either type, and round once.
                using var wide = input.to_type(ScalarType.Float32);
                using var wideWeight = weight?.to_type(ScalarType.Float32);
                using var wideBias = bias?.to_type(ScalarType.Float32);
                using var normal = Op.Call("layer_norm", wide, normalized_shape, wideWeight, wideBias, eps);
                return normal.to_type(input.dtype);
            }

            public static Tensor group_norm(Tensor input, long num_groups, Tensor? weight = null, Tensor? bias = null, double eps = 1e-5) =>
                Op.Call("group_norm", input, num_groups, weight, bias, eps);

            public static Tensor batch_norm(Tensor input, Tensor? running_mean, Tensor? running_var, Tensor? weight = null,
                Tensor? bias = null,
                bool training = false, double momentum = 0.1, double eps = 1e-5) =>
                Op.Call("batch_norm", input, weight, bias, running_mean, running_var, training, momentum, eps, false);

            public static Tensor normalize(Tensor input, double p = 2.0, long dim = 1L, double eps = 1e-12)
            {
                using var norm = Op.Call("norm.ScalarOpt_dim", input, p, (long[])[dim], true);
                using var denominator = norm.clamp_min(eps);
                return input.div(denominator);
            }

            public static Tensor conv2d(Tensor input, Tensor weight, Tensor? bias = null, long[]? strides = null, long[]? padding = null,
                long[]? dilation = null, long groups = 1) =>
                Op.Call("conv2d", input, weight, bias, strides ?? [1], padding ?? [0], dilation ?? [1], groups);

            public static Tensor conv2d_padding(Tensor input, Tensor weight, Tensor? bias = null, long[]? strides = null,
                Padding padding = Padding.Valid, long[]? dilation = null, long groups = 1) =>
                Op.Call("conv2d.padding", input, weight, bias, strides ?? [1], padding == Padding.Valid ? "valid" : "same",
                    dilation ?? [1], groups);

            /// <summary>The patches of [N, C, H, W], as columns: [N, C · kernel size, patches].</summary>
            public static Tensor unfold(Tensor input, (long, long) kernel_size, (long, long)? dilation = null, (long, long)? padding = null,
                (long, long)? stride = null)
            {
                static long[] Pair((long, long)? values, long otherwise) => [values?.Item1 ?? otherwise, values?.Item2 ?? otherwise];
                return Op.Call("im2col", input, Pair(kernel_size, 1), Pair(dilation, 1), Pair(padding, 0), Pair(stride, 1));
            }

            public static Tensor unfold(Tensor input, long kernel_size, long dilation = 1, long padding = 0, long stride = 1) =>
                unfold(input, (kernel_size, kernel_size), (dilation, dilation), (padding, padding), (stride, stride));

            public static Tensor one_hot(Tensor x, long num_classes = -1) => x.dtype == ScalarType.Int64
                ? Op.Call("one_hot", x, num_classes)
                : throw new ArgumentException("one_hot takes indices of type Int64.");

            public static Tensor pad(Tensor input, ReadOnlySpan<long> pad, PaddingModes mode = PaddingModes.Constant, double value = 0)
            {
                var kind = mode is PaddingModes.Zeros or PaddingModes.Constant ? 3L : (long)mode - 1;
                return Op.Call("_pad_enum", input, pad, kind, value != 0 ? (double?)value : null);
            }

            public static Tensor pad(Tensor input, long[] pad, PaddingModes mode = PaddingModes.Constant, double value = 0) =>
                functional.pad(input, (ReadOnlySpan<long>)pad, mode, value);

            public static Tensor pad(Tensor input, long pad, PaddingModes mode = PaddingModes.Constant, double value = 0)
            {
                var all = new long[input.ndim * 2];
                Array.Fill(all, pad);
                return functional.pad(input, (ReadOnlySpan<long>)all, mode, value);
            }

            public static Tensor pad(Tensor input, (long, long) pad, PaddingModes mode = PaddingModes.Constant, double value = 0) =>
                functional.pad(input, (ReadOnlySpan<long>)[pad.Item1, pad.Item2], mode, value);

            public static Tensor pad(Tensor input, (long, long, long, long) pad, PaddingModes mode = PaddingModes.Constant,
                double value = 0) =>
                functional.pad(input, (ReadOnlySpan<long>)[pad.Item1, pad.Item2, pad.Item3, pad.Item4], mode, value);

            /// <summary>softmax(q kᵀ / √d + mask) v. A row that the mask hides completely gives zeros.</summary>
            public static Tensor scaled_dot_product_attention(Tensor query, Tensor key, Tensor value, Tensor? attn_mask = null,
                double p = 0.0,
                bool is_casual = false)
            {
                if (p < 0) throw new ArgumentException("The probability of dropout must not be negative.");
                if (is_casual && attn_mask is not null) throw new ArgumentException("A mask and is_casual exclude each other.");
                using var scope = NewDisposeScope();
                var scale = 1 / Math.Sqrt(query.size(-1));
                var scores = query.mul(scale).matmul(key.transpose(-2, -1));    // [..., L, S]
                if (is_casual) attn_mask = torch.ones(query.size(-2), key.size(-2), @bool).tril();
                if (attn_mask?.dtype == ScalarType.Bool) scores = scores.masked_fill(attn_mask.logical_not(), double.NegativeInfinity);
                else if (attn_mask is not null) scores = scores.add(attn_mask);
                var weights = scores.softmax(-1);
                if (attn_mask is not null) weights = weights.masked_fill(scores.eq(double.NegativeInfinity).all(-1, true), 0);
                if (p > 0) weights = dropout(weights, p);
                return weights.matmul(value).MoveToOuterDisposeScope();
            }
        }
    }
}
