using System.Runtime.CompilerServices;
using TorchSharp.Interop;

namespace TorchSharp;

public static unsafe partial class torch
{
    public partial class Tensor
    {
        [IndexerName("TensorItems")]
        public Tensor this[params TensorIndex[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }

        [IndexerName("TensorItems")]
        public Tensor this[params Tensor[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1]
        {
            get => Op.Call("select.int", this, 0L, i1);
            set => Assign(value, i1);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2]
        {
            get => index(i1, i2);
            set => Assign(value, i1, i2);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3]
        {
            get => index(i1, i2, i3);
            set => Assign(value, i1, i2, i3);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3, long i4]
        {
            get => index(i1, i2, i3, i4);
            set => Assign(value, i1, i2, i3, i4);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3, long i4, long i5]
        {
            get => index(i1, i2, i3, i4, i5);
            set => Assign(value, i1, i2, i3, i4, i5);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3, long i4, long i5, long i6]
        {
            get => index(i1, i2, i3, i4, i5, i6);
            set => Assign(value, i1, i2, i3, i4, i5, i6);
        }

        [IndexerName("TensorItems")]
        public Tensor this[params long[] indices]
        {
            get => index(Singles(indices));
            set => index_put_(value, Singles(indices));
        }

        public Tensor index(params TensorIndex[] indices)
        {
            var native = Array.ConvertAll(indices, item => item.ToNative());
            nint result;
            fixed (NativeIndex* first = native) NativeMethods.Check(NativeMethods.ts_index(Handle, first, native.Length, &result));
            GC.KeepAlive(this);
            GC.KeepAlive(indices);
            return new Tensor(result);
        }

        public Tensor index(params Tensor[] indices) => index(Array.ConvertAll(indices, TensorIndex.Tensor));

        public Tensor index_put_(Tensor value, params TensorIndex[] indices)
        {
            var native = Array.ConvertAll(indices, item => item.ToNative());
            fixed (NativeIndex* first = native) NativeMethods.Check(NativeMethods.ts_index_put(Handle, first, native.Length, value.Handle));
            GC.KeepAlive(this);
            GC.KeepAlive(indices);
            GC.KeepAlive(value);
            return this;
        }

        public Tensor index_put_(Tensor value, TensorIndex[] indices, bool accumulate = false)
        {
            if (!accumulate) return index_put_(value, indices);
            if (!indices.Any(item => item.IsTensor))
                throw new Exception("Only with tensors as indices can values be accumulated.");
            var longs = indices.Select(item => item.IndexedBy?.to_type(item.IndexedBy.dtype == ScalarType.Bool ? ScalarType.Bool : ScalarType.Int64)).ToArray();
            Op.Do("index_put_", this, Arg.Tensors(longs), value, true);
            foreach (var converted in longs) converted?.Dispose();
            return this;
        }

        public Tensor index_put_(Tensor value, params Tensor[] indices) => index_put_(value, Array.ConvertAll(indices, TensorIndex.Tensor));

        public Tensor index_put_(Tensor value, Tensor[] indices, bool accumulate = false) =>
            index_put_(value, Array.ConvertAll(indices, TensorIndex.Tensor), accumulate);

        public Tensor index_put_(Scalar value, params TensorIndex[] indices)
        {
            using var filled = torch.full(Array.Empty<long>(), value, dtype, device);
            return index_put_(filled, indices);
        }

        public Tensor index_put_(Scalar value, params Tensor[] indices) => index_put_(value, Array.ConvertAll(indices, TensorIndex.Tensor));

        public Tensor index_select(long dim, Tensor index) => Op.Call("index_select", this, dim, index);

        public Tensor index_add(long dim, Tensor index, Tensor source, Scalar alpha) =>
            Op.Call("index_add", this, dim, LongIndex(index), source, alpha);

        public Tensor index_add_(long dim, Tensor index, Tensor source, Scalar alpha)
        {
            Op.Do("index_add_", this, dim, LongIndex(index), source, alpha);
            return this;
        }

        public Tensor index_copy(long dim, Tensor index, Tensor source) => Op.Call("index_copy", this, dim, LongIndex(index), source);

        public Tensor index_copy_(long dim, Tensor index, Tensor source) => InPlace("index_copy_", dim, LongIndex(index), source);

        public Tensor index_fill(long dim, Tensor index, Scalar value) =>
            Op.Call("index_fill.int_Scalar", this, dim, LongIndex(index), value);

        public Tensor index_fill_(long dim, Tensor index, Scalar value) => InPlace("index_fill_.int_Scalar", dim, LongIndex(index), value);

        public Tensor take(Tensor index) => WithLongIndex(index, longs => Op.Call("take", this, longs));

        public Tensor take_along_dim(Tensor indices) => WithLongIndex(indices, longs => Op.Call("take_along_dim", this, longs));

        public Tensor take_along_dim(Tensor indices, long dim) =>
            WithLongIndex(indices, longs => Op.Call("take_along_dim", this, longs, dim));

        public Tensor take_along_dim(IEnumerable<long> indices)
        {
            using var longs = tensor(indices.ToArray());
            return take_along_dim(longs);
        }

        public Tensor take_along_dim(IEnumerable<long> indices, long dim)
        {
            using var longs = tensor(indices.ToArray());
            return take_along_dim(longs, dim);
        }

        public Tensor gather(long dim, Tensor index) => WithLongIndex(index, longs => Op.Call("gather", this, dim, longs));

        public Tensor scatter(long dim, Tensor index, Tensor src) =>
            WithLongIndex(index, longs => Op.Call("scatter.src", this, dim, longs, src));

        public Tensor scatter_(long dim, Tensor index, Tensor src) =>
            WithLongIndex(index, longs => InPlace("scatter_.src", dim, longs, src));

        public Tensor scatter_add(long dim, Tensor index, Tensor src) =>
            WithLongIndex(index, longs => Op.Call("scatter_add", this, dim, longs, src));

        public Tensor scatter_add_(long dim, Tensor index, Tensor src) =>
            WithLongIndex(index, longs => InPlace("scatter_add_", dim, longs, src));

        public Tensor masked_fill(Tensor mask, Scalar value) => Op.Call("masked_fill.Scalar", this, mask, value);

        public Tensor masked_fill_(Tensor mask, Scalar value) => InPlace("masked_fill_.Scalar", mask, value);

        public Tensor masked_scatter(Tensor mask, Tensor value) => Op.Call("masked_scatter", this, mask, value);

        public Tensor masked_scatter_(Tensor mask, Tensor value) => InPlace("masked_scatter_", mask, value);

        public Tensor masked_select(Tensor mask) => mask.dtype == ScalarType.Bool
            ? Op.Call("masked_select", this, mask)
            : throw new ArgumentException("The mask must be of type Bool.");

        public Tensor nonzero() => Op.Call("nonzero", this);

        public Tensor argwhere() => Op.Call("argwhere", this);

        public Tensor where(Tensor condition, Tensor y) => condition.dtype == ScalarType.Bool
            ? Op.Call("where.self", condition, this, y)
            : throw new ArgumentException("The condition must be of type Bool.");

        private static TensorIndex[] Singles(long[] indices) => Array.ConvertAll(indices, item => TensorIndex.Single(item));

        private static Tensor LongIndex(Tensor index) =>
            index.dtype == ScalarType.Int64 ? index : throw new ArgumentException("Indices must be of type Int64.");

        // Newer releases of libtorch take 32-bit indices where this one insists on 64.
        private static Tensor WithLongIndex(Tensor index, Func<Tensor, Tensor> use)
        {
            if (index.dtype != ScalarType.Int32) return use(index);
            using var longs = index.to_type(ScalarType.Int64);
            return use(longs);
        }

        private void Assign(Tensor value, params TensorIndex[] indices) => index_put_(value, indices);
    }
}
