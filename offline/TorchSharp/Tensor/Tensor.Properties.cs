using TorchSharp.Interop;

namespace TorchSharp;

public static unsafe partial class torch
{
    public partial class Tensor
    {
        public long Dimensions => Meta.Dimensions;

        public long ndim => Meta.Dimensions;

        public long dim() => Meta.Dimensions;

        public long NumberOfElements => Meta.Elements;

        public long numel() => Meta.Elements;

        public long ElementSize => Meta.ElementSize;

        public long element_size() => Meta.ElementSize;

        public long storage_offset() => Meta.StorageOffset;

        public ScalarType dtype => (ScalarType)Meta.ScalarType;

        public Device device
        {
            get
            {
                var meta = Meta;
                var type = (DeviceType)meta.DeviceType;
                return type == DeviceType.CPU ? new Device(type) : new Device(type, meta.DeviceIndex);
            }
        }

        public DeviceType device_type => (DeviceType)Meta.DeviceType;

        public int device_index => Meta.DeviceIndex;

        public bool is_cuda => device_type == DeviceType.CUDA;

        public bool is_meta => device_type == DeviceType.META;

        public bool is_cpu() => device_type == DeviceType.CPU;

        public bool is_leaf => (Meta.Flags & MetaFlags.Leaf) != 0;

        public bool is_sparse => (Meta.Flags & MetaFlags.Sparse) != 0;

        public bool is_contiguous() => (Meta.Flags & MetaFlags.Contiguous) != 0;

        public bool is_pinned() => Op.CallBool("is_pinned", this);

        public bool is_integral() => dtype.IsIntegral();

        public bool is_floating_point() => dtype.IsFloatingPoint();

        public bool is_complex() => torch.is_complex(dtype);

        public bool is_nonzero() =>
            numel() == 1 ? Op.CallBool("is_nonzero",
                this) : throw new InvalidOperationException("Only a tensor of one element is zero or not.");

        public long[] shape => size();

        public long[] size()
        {
            var sizes = new long[Meta.Dimensions];
            fixed (long* target = sizes) NativeMethods.Check(NativeMethods.ts_tensor_layout(Handle, target, null, sizes.Length));
            GC.KeepAlive(this);
            return sizes;
        }

        public long size(int dim) => AtDimension(size(), dim);

        public long[] stride()
        {
            var strides = new long[Meta.Dimensions];
            fixed (long* target = strides) NativeMethods.Check(NativeMethods.ts_tensor_layout(Handle, null, target, strides.Length));
            GC.KeepAlive(this);
            return strides;
        }

        public long stride(int dim) => AtDimension(stride(), dim);

        public bool requires_grad
        {
            get => (Meta.Flags & MetaFlags.RequiresGrad) != 0;
            set
            {
                NativeMethods.Check(NativeMethods.ts_tensor_set_requires_grad(Handle, value ? 1 : 0));
                GC.KeepAlive(this);
            }
        }

        public Tensor requires_grad_(bool requires_grad = true)
        {
            this.requires_grad = requires_grad;
            return this;
        }

        public Tensor with_requires_grad(bool requires_grad = true) => requires_grad_(requires_grad);

        public void retain_grad()
        {
            NativeMethods.Check(NativeMethods.ts_tensor_retain_grad(Handle));
            GC.KeepAlive(this);
        }

        /// <summary>The gradient, as a new wrapper at each read, or null.</summary>
        public Tensor? grad
        {
            get
            {
                nint found;
                NativeMethods.Check(NativeMethods.ts_tensor_grad(Handle, &found));
                GC.KeepAlive(this);
                return found == 0 ? null : new Tensor(found);
            }
            set
            {
                NativeMethods.Check(NativeMethods.ts_tensor_set_grad(Handle, value is null ? 0 : value.Handle));
                GC.KeepAlive(this);
                GC.KeepAlive(value);
            }
        }

        public void backward() => autograd.backward([this]);

        public void backward(IList<Tensor>? grad_tensors = null, bool retain_graph = false, bool create_graph = false,
            IList<Tensor>? inputs = null) =>
            autograd.backward([this], grad_tensors, retain_graph, create_graph, inputs);

        internal TensorMeta Meta
        {
            get
            {
                TensorMeta meta;
                NativeMethods.Check(NativeMethods.ts_tensor_meta(Handle, &meta));
                GC.KeepAlive(this);
                return meta;
            }
        }

        private static long AtDimension(long[] values, int dim)
        {
            var count = values.Length;
            if (dim < -count || dim >= count)
                throw new System.Runtime.InteropServices.ExternalException(
                    $"Dimension out of range (expected to be in range of [{-count}, {count - 1}], but got {dim})");
            return values[dim < 0 ? dim + count : dim];
        }
    }
}
