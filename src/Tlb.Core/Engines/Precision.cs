namespace Tlb.Core;

/// <summary>The type of number that a network is computed in.</summary>
/// <remarks>
/// As with Keras's <c>mixed_float16</c>: the weights and the optimizer's state stay float32, and so do normalisation, softmax,
/// pooling, the classifier and the loss. What remains is nearly all the work.
/// </remarks>
public enum Precision
{
    /// <summary>BFloat16 on CUDA devices that have it (compute capability 8.0 and later), Float16 on older ones, Float32 on the CPU.</summary>
    Auto,

    /// <summary>32-bit floats.</summary>
    Float32,

    /// <summary>16-bit floats with the range of 32-bit ones and 8 bits of precision (Keras: <c>mixed_bfloat16</c>). The slower choice on most CPUs.</summary>
    BFloat16,

    /// <summary>
    /// 16-bit floats with 11 bits of precision and a small range (Keras: <c>mixed_float16</c>): in training the loss is scaled so that
    /// gradients stay in it. For CUDA devices only.
    /// </summary>
    Float16,

    /// <summary>
    /// 32-bit floats, of which matrix products read the first 19 bits only, 11 of precision (PyTorch: <c>allow_tf32</c>): faster on
    /// CUDA devices of compute capability 8.0 and later, the same as <see cref="Float32"/> on older ones. For CUDA devices only.
    /// libtorch has one setting for the process: it is changed while such a network starts its work, for other threads' products too.
    /// </summary>
    TensorFloat32,
}
