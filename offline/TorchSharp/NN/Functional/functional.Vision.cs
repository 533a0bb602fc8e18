using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public enum InterpolationMode
    {
        Nearest = 0,
        Linear = 1,
        Bilinear = 2,
        Bicubic = 3,
        Trilinear = 4,
        Area = 5,
        NearestExact = 6,
    }

    public enum GridSampleMode
    {
        Nearest = 0,
        Bilinear = 2,
    }

    public enum GridSamplePaddingMode
    {
        Zeros = 0,
        Reflection = 1,
        Border = 2,
    }

    public static partial class nn
    {
        public static partial class functional
        {
            /// <summary>Resizes the spatial dimensions of [N, C, ...] to a size or by factors.</summary>
            public static Tensor interpolate(Tensor x, long[]? size = null, double[]? scale_factor = null,
                InterpolationMode mode = InterpolationMode.Nearest, bool? align_corners = null, bool recompute_scale_factor = false,
                    bool antialias = false)
            {
                // An array without elements counts as none.
                if (size is []) size = null;
                if (scale_factor is []) scale_factor = null;
                var spatial = (int)x.ndim - 2;
                var name = OperatorFor(mode, spatial, antialias);
                var aligns = mode is InterpolationMode.Linear or InterpolationMode.Bilinear or InterpolationMode.Bicubic or InterpolationMode.Trilinear;
                if (mode is InterpolationMode.Nearest or InterpolationMode.Area && align_corners is not null)
                    throw Failure("interpolate: align_corners has no meaning in this mode");
                if (size is null && scale_factor is null) throw Failure("interpolate: neither size nor scale_factor was given");
                if (size is not null && scale_factor is not null) throw Failure("interpolate: size and scale_factor exclude each other");
                if (scale_factor is not null && scale_factor.Length != spatial)
                    throw Failure($"interpolate: {scale_factor.Length} factors for {spatial} dimensions");
                if (scale_factor is not null && (recompute_scale_factor || mode == InterpolationMode.Area))
                {
                    size = new long[spatial];
                    for (var i = 0; i < spatial; i++) size[i] = (long)Math.Floor(x.size(i + 2) * scale_factor[i]);
                    scale_factor = null;
                }
                if (mode == InterpolationMode.Area) return Op.Call(name, x, size);
                return aligns ? Op.Call(name, x, size, align_corners ?? false, scale_factor) : Op.Call(name, x, size, scale_factor);
            }

            public static Tensor grid_sample(Tensor input, Tensor grid, GridSampleMode mode = GridSampleMode.Bilinear,
                GridSamplePaddingMode padding_mode = GridSamplePaddingMode.Zeros, bool? align_corners = null)
            {
                // The operator numbers these differently.
                var interpolation = mode == GridSampleMode.Bilinear ? 0L : 1L;
                var padding = padding_mode switch { GridSamplePaddingMode.Reflection => 2L, GridSamplePaddingMode.Border => 1L, _ => 0L };
                return Op.Call("grid_sampler", input, grid, interpolation, padding, align_corners ?? false);
            }

            public static Tensor affine_grid(Tensor theta, long[]? size = null, bool align_corners = false) =>
                Op.Call("affine_grid_generator", theta, size ?? [], align_corners);

            private static string OperatorFor(InterpolationMode mode, int spatial, bool antialias)
            {
                if (antialias && !(spatial == 2 && mode is InterpolationMode.Bilinear or InterpolationMode.Bicubic))
                    throw Failure("interpolate: antialias is for images in the modes Bilinear and Bicubic");
                return (mode, spatial) switch
                {
                    (InterpolationMode.Nearest, >= 1 and <= 3) => $"upsample_nearest{spatial}d.vec",
                    (InterpolationMode.NearestExact, >= 1 and <= 3) => $"_upsample_nearest_exact{spatial}d.vec",
                    (InterpolationMode.Area, >= 1 and <= 3) => $"adaptive_avg_pool{spatial}d",
                    (InterpolationMode.Linear, 1) => "upsample_linear1d.vec",
                    (InterpolationMode.Bilinear, 2) => antialias ? "_upsample_bilinear2d_aa.vec" : "upsample_bilinear2d.vec",
                    (InterpolationMode.Bicubic, 2) => antialias ? "_upsample_bicubic2d_aa.vec" : "upsample_bicubic2d.vec",
                    (InterpolationMode.Trilinear, 3) => "upsample_trilinear3d.vec",
                    _ => throw Failure($"interpolate: mode {mode} cannot be used with {spatial + 2} dimensions"),
                };
            }

            private static System.Runtime.InteropServices.ExternalException Failure(string message) => new(message);
        }
    }
}
