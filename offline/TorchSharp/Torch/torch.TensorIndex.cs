using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public struct TensorIndex
    {
        public static TensorIndex Ellipsis = new() { _kind = IndexKind.Ellipsis };
        public static TensorIndex None = new() { _kind = IndexKind.None };
        public static TensorIndex Null = new() { _kind = IndexKind.None };
        public static TensorIndex Colon = Slice();

        private IndexKind _kind;
        private long? _start;
        private long? _stop;
        private long? _step;
        private Tensor? _tensor;

        public static TensorIndex Slice(long? start = null, long? stop = null, long? step = null) =>
            new() { _kind = IndexKind.Slice, _start = start, _stop = stop, _step = step };

        public static TensorIndex Slice((int? start, int? end) range) => Slice(range.start, (long?)range.end);

        public static TensorIndex Slice(Range range)
        {
            long start = range.Start.IsFromEnd ? -range.Start.Value : range.Start.Value;
            long? end = range.End.IsFromEnd ? range.End.Value == 0 ? null : -range.End.Value : range.End.Value;
            return Slice(start, end);
        }

        public static TensorIndex Bool(bool value) => new() { _kind = IndexKind.Bool, _start = value ? 1 : 0 };

        public static TensorIndex Single(long? index) => new() { _kind = IndexKind.Integer, _start = index };

        public static TensorIndex Tensor(Tensor tensor) => new() { _kind = IndexKind.Tensor, _tensor = tensor };

        public static implicit operator TensorIndex(long value) => Single(value);

        public static implicit operator TensorIndex((int? start, int? end) range) => Slice(range);

        public static implicit operator TensorIndex(Range range) => Slice(range);

        public static implicit operator TensorIndex(Index index) => Single(index.IsFromEnd ? -index.Value : index.Value);

        public static implicit operator Tensor(TensorIndex value) => throw new InvalidOperationException("This conversion exists for overload resolution only.");

        internal readonly bool IsTensor => _kind == IndexKind.Tensor;

        internal readonly Tensor? IndexedBy => _tensor;

        internal readonly NativeIndex ToNative() => new()
        {
            Kind = _kind,
            Start = _start ?? (_kind == IndexKind.Slice ? NativeIndex.NoBound : 0),
            Stop = _stop ?? NativeIndex.NoBound,
            Step = _step ?? NativeIndex.NoBound,
            Tensor = _tensor is null ? 0 : _tensor.Handle,
        };
    }
}
