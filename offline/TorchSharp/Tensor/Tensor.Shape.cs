using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor T => Op.Call("numpy_T", this);

        public Tensor mT => Op.Call("mT", this);

        public Tensor view(params long[] shape) => Op.Call("view", this, shape);
        public Tensor view_as(Tensor other) => view(other.shape);
        public Tensor reshape(params long[] shape) => Op.Call("reshape", this, shape);
        public Tensor flatten(long start_dim = 0, long end_dim = -1) => Op.Call("flatten.using_ints", this, start_dim, end_dim);
        public Tensor ravel() => Op.Call("ravel", this);

        public Tensor unflatten(long dim, params long[] sizes)
        {
            if (dim < 0 || dim >= ndim) throw new ArgumentException($"There is no dimension {dim}.");
            if (sizes.Length == 0) throw new ArgumentException("There are no sizes to unflatten to.");
            return Op.Call("unflatten.int", this, dim, sizes);
        }

        public Tensor permute(params long[] permutation) => Op.Call("permute", this, permutation);
        public Tensor permute(IEnumerable<long> permutation) => permute(permutation.ToArray());
        public Tensor transpose(long dim0, long dim1) => Op.Call("transpose.int", this, dim0, dim1);
        public Tensor transpose_(long dim0, long dim1) => InPlace("transpose_", dim0, dim1);
        public Tensor t() => Op.Call("t", this);
        public Tensor swapaxes(long dim0, long dim1) => transpose(dim0, dim1);
        public Tensor swapdims(long dim0, long dim1) => transpose(dim0, dim1);
        public Tensor movedim(long[] source, long[] destination) => Op.Call("movedim.intlist", this, source, destination);
        public Tensor moveaxis(long[] source, long[] destination) => movedim(source, destination);

        public Tensor squeeze(long? dim = null) => dim is { } d ? Op.Call("squeeze.dim", this, d) : Op.Call("squeeze", this);
        public Tensor squeeze_(long? dim = null) => dim is { } d ? InPlace("squeeze_.dim", d) : InPlace("squeeze_");
        public Tensor unsqueeze(long dim) => Op.Call("unsqueeze", this, dim);
        public Tensor unsqueeze_(long dim) => InPlace("unsqueeze_", dim);

        public Tensor expand(ReadOnlySpan<long> sizes, bool isImplicit = false) => Op.Call("expand", this, sizes, isImplicit);
        public Tensor expand(long[] sizes, bool isImplicit = false) => Op.Call("expand", this, sizes, isImplicit);
        public Tensor expand(params long[] sizes) => Op.Call("expand", this, sizes);
        public Tensor expand_as(Tensor other) => expand(other.shape);
        public Tensor broadcast_to(params long[] shape) => Op.Call("broadcast_to", this, shape);

        public Tensor repeat(params long[] sizes) => Op.Call("repeat", this, sizes);
        public Tensor tile(long[] reps) => Op.Call("tile", this, reps);

        public Tensor repeat_interleave(Tensor repeats, long? dim = null, long? output_size = null)
        {
            using var doubles = repeats.to_type(ScalarType.Float64);
            using var total = doubles.sum();
            CheckRepeats(total.ToDouble());
            return Op.Call("repeat_interleave.self_Tensor", this, repeats, dim, output_size);
        }

        public Tensor repeat_interleave(long repeats, long? dim = null, long? output_size = null)
        {
            CheckRepeats((double)repeats * numel());
            return Op.Call("repeat_interleave.self_int", this, repeats, dim, output_size);
        }

        // The operator itself overflows, and then writes past the end.
        private static void CheckRepeats(double total)
        {
            if (!(total < 1L << 48)) throw new System.Runtime.InteropServices.ExternalException("repeat_interleave: the result has too many elements");
        }

        public Tensor select(long dim, long index) => Op.Call("select.int", this, dim, index);
        public Tensor narrow(long dim, long start, long length) => Op.Call("narrow", this, dim, start, length);

        public Tensor slice(long dim, long start, long finish, long step) => step >= 1
            ? Op.Call("slice.Tensor", this, dim, start, finish, step)
            : throw new ArgumentException($"A step must be positive, not {step}.");

        public Tensor select_scatter(Tensor src, long dim, long index) => Op.Call("select_scatter", this, src, dim, index);

        public Tensor slice_scatter(Tensor src, long dim = 0L, long? start = null, long? end = null, long step = 1L) =>
            Op.Call("slice_scatter", this, src, dim, start, end, step);

        public Tensor as_strided(long[] size, long[] strides, long storageOffset = 0L) =>
            Op.Call("as_strided", this, size, strides, storageOffset);
        public Tensor unfold(long dimension, long size, long step) => Op.Call("unfold", this, dimension, size, step);
        public Tensor diagonal(long offset = 0L, long dim1 = 0L, long dim2 = 1L) => dim1 != dim2
            ? Op.Call("diagonal", this, offset, dim1, dim2)
            : throw new ArgumentException($"A diagonal needs two different dimensions, not {dim1} twice.");
        public Tensor diag(long diagonal = 0) => Op.Call("diag", this, diagonal);
        public Tensor tril(long diagonal = 0) => Op.Call("tril", this, diagonal);
        public Tensor tril_(long diagonal = 0) => Op.Call("tril_", this, diagonal);
        public Tensor triu(long diagonal = 0) => Op.Call("triu", this, diagonal);
        public Tensor triu_(long diagonal = 0) => Op.Call("triu_", this, diagonal);

        public Tensor flip(params long[] dims) => Op.Call("flip", this, dims);
        public Tensor fliplr() => Op.Call("fliplr", this);
        public Tensor flipud() => Op.Call("flipud", this);
        public Tensor rot90(long k = 1, (long, long)? dims = null) =>
            Op.Call("rot90", this, k, (long[])[dims?.Item1 ?? 0, dims?.Item2 ?? 1]);
        public Tensor roll(long shifts, long? dims = null) => Op.Call("roll", this, (long[])[shifts], dims is { } dim ? (long[])[dim] : []);
        public Tensor roll(long[] shifts, long[] dims) => Op.Call("roll", this, shifts, dims);
        public Tensor roll(long[] shifts) => roll(shifts, (long[])[0]);
        public Tensor roll(ReadOnlySpan<long> shifts, ReadOnlySpan<long> dims = default) => Op.Call("roll", this, shifts, dims);
        public Tensor roll((long, long) shifts, (long, long) dims) =>
            roll((long[])[shifts.Item1, shifts.Item2], (long[])[dims.Item1, dims.Item2]);

        public Tensor roll((long, long, long) shifts, (long, long, long) dims) =>
            roll((long[])[shifts.Item1, shifts.Item2, shifts.Item3], (long[])[dims.Item1, dims.Item2, dims.Item3]);

        public Tensor[] unbind(long dimension = 0L) => Op.CallList("unbind.int", this, dimension);
        public Tensor[] chunk(long chunks, long dim = 0L) => Op.CallList("chunk", this, chunks, dim);
        public Tensor[] split(long size, int dim = 0) => Op.CallList("split.Tensor", this, size, (long)dim);
        public Tensor[] split(ReadOnlySpan<long> sizes, long dim = 0) => Op.CallList("split_with_sizes", this, sizes, dim);
        public Tensor[] split(long[] sizes, long dim = 0) => Op.CallList("split_with_sizes", this, sizes, dim);
        public Tensor[] split(params long[] sizes) => Op.CallList("split_with_sizes", this, sizes, 0L);
        public Tensor[] tensor_split(long size, long dim = 0L) => Op.CallList("tensor_split.sections", this, size, dim);
        public Tensor[] tensor_split(long[] sizes, long dim = 0L) => Op.CallList("tensor_split.indices", this, sizes, dim);

        public Tensor[] tensor_split(Tensor indices, long dim = 0L) => indices.dtype == ScalarType.Int64
            ? Op.CallList("tensor_split.tensor_indices_or_sections", this, indices, dim)
            : throw new ArgumentException("Indices must be of type Int64.");
    }
}
