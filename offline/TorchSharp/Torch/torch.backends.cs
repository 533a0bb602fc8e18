using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Switches for CUDA kernels: kept, and without effect on the CPU.</summary>
    public static partial class backends
    {
        public static partial class cuda
        {
            public static partial class matmul
            {
                public static bool allow_tf32
                {
                    get => NativeMethods.Get(Setting.Tf32MatMul);
                    set => NativeMethods.Set(Setting.Tf32MatMul, value);
                }

                public static bool allow_fp16_reduced_precision_reduction
                {
                    get => NativeMethods.Get(Setting.ReducedFloat16);
                    set => NativeMethods.Set(Setting.ReducedFloat16, value);
                }
            }
        }

        public static partial class cudnn
        {
            public static bool allow_tf32
            {
                get => NativeMethods.Get(Setting.Tf32Convolution);
                set => NativeMethods.Set(Setting.Tf32Convolution, value);
            }
        }
    }
}
