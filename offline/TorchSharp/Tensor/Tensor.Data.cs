using TorchSharp.Interop;
using TorchSharp.Utils;

namespace TorchSharp;

public static unsafe partial class torch
{
    public partial class Tensor
    {
        /// <summary>The elements, as a view of this tensor's memory.</summary>
        public TensorAccessor<T> data<T>() where T : unmanaged
        {
            ValidateType(typeof(T));
            return new TensorAccessor<T>(device_type == DeviceType.CPU ? this : cpu());
        }

        public T item<T>() where T : unmanaged =>
            NumberOfElements == 1 ? data<T>()[0] : throw new ArgumentException("Only a tensor of one element has an item.");

        public Scalar ToScalar() => Op.CallScalar("_local_scalar_dense", this);

        /// <summary>The memory of a contiguous tensor. Valid as long as the tensor is.</summary>
        public Span<byte> bytes
        {
            get
            {
                var size = NumberOfElements * ElementSize;
                ValidateBytes(size);
                return new Span<byte>((void*)DataPointer, (int)size);
            }
            set
            {
                if (!is_contiguous()) throw new InvalidOperationException("Only a contiguous tensor can be written as bytes.");
                if (NumberOfElements * ElementSize != value.Length) throw new ArgumentException("The tensor has another number of bytes.");
                value.CopyTo(new Span<byte>((void*)DataPointer, value.Length));
                GC.KeepAlive(this);
            }
        }

        public void WriteBytesToStream(Stream stream, int bufferSize = 1024)
        {
            ValidateBytes(0);
            foreach (var (offset, length) in Pieces())
                stream.Write(new ReadOnlySpan<byte>((byte*)DataPointer + offset, length));
            GC.KeepAlive(this);
        }

        public void ReadBytesFromStream(Stream stream, int bufferSize = 1024)
        {
            ValidateBytes(0);
            foreach (var (offset, length) in Pieces())
                stream.ReadExactly(new Span<byte>((byte*)DataPointer + offset, length));
            GC.KeepAlive(this);
        }

        public double ReadCpuDouble(long i) => TensorAccessor<double>.ReadItemAt(this, i);

        public float ReadCpuSingle(long i) => TensorAccessor<float>.ReadItemAt(this, i);

        public int ReadCpuInt32(long i) => TensorAccessor<int>.ReadItemAt(this, i);

        public long ReadCpuInt64(long i) => TensorAccessor<long>.ReadItemAt(this, i);

        public byte ReadCpuByte(long i) => TensorAccessor<byte>.ReadItemAt(this, i);

        public bool ReadCpuBool(long i) => TensorAccessor<bool>.ReadItemAt(this, i);

        public T ReadCpuValue<T>(long i) where T : unmanaged => TensorAccessor<T>.ReadItemAt(this, i);

        internal nint DataPointer
        {
            get
            {
                nint data;
                NativeMethods.Check(NativeMethods.ts_tensor_data(Handle, &data));
                GC.KeepAlive(this);
                return data;
            }
        }

        internal void ValidateType(Type dotnetType)
        {
            var own = dtype;
            var expected = own switch
            {
                ScalarType.Byte => typeof(byte),
                ScalarType.Int8 => typeof(sbyte),
                ScalarType.Int16 => typeof(short),
                ScalarType.Int32 => typeof(int),
                ScalarType.Int64 => typeof(long),
                ScalarType.Bool => typeof(bool),
                ScalarType.Float16 => typeof(Half),
                ScalarType.Float32 => typeof(float),
                ScalarType.Float64 => typeof(double),
                _ => throw new ArgumentException($"There is no .NET type for elements of type {own}."),
            };
            if (dotnetType != expected) throw new ArgumentException($"Elements of type {own} cannot be read as {dotnetType.Name}.");
        }

        private void ValidateBytes(long size)
        {
            if (!is_contiguous()) throw new InvalidOperationException("Only a contiguous tensor can be read as bytes.");
            if (size > int.MaxValue) throw new ArgumentException("The tensor has more bytes than a span can have.");
            if (device_type != DeviceType.CPU)
                throw new InvalidOperationException("Only memory of the CPU can be read: call cpu() first.");
        }

        private IEnumerable<(long Offset, int Length)> Pieces()
        {
            const int largest = 1 << 30;
            var size = NumberOfElements * ElementSize;
            for (long offset = 0; offset < size; offset += largest)
                yield return (offset, (int)Math.Min(largest, size - offset));
        }
    }
}
