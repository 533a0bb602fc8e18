using TorchSharp.Interop;

namespace TorchSharp;

public static unsafe partial class torch
{
    public class Generator : IDisposable
    {
        private IntPtr _handle;

        public Generator(ulong seed = 0, Device? device = null)
        {
            nint created;
            NativeMethods.Check(NativeMethods.ts_generator_new(seed, &created));
            _handle = created;
            this.device = device ?? CPU;
        }

        internal Generator(IntPtr nativeHandle)
        {
            _handle = nativeHandle;
            device = CPU;
        }

        ~Generator() => Dispose(false);

        public static Generator Default
        {
            get
            {
                nint shared;
                NativeMethods.Check(NativeMethods.ts_generator_default(&shared));
                return new Generator(shared);
            }
        }

        public IntPtr Handle => _handle;

        public Device device { get; private set; }

        public Tensor get_state()
        {
            nint state;
            NativeMethods.Check(NativeMethods.ts_generator_state(_handle, &state));
            GC.KeepAlive(this);
            return new Tensor(state);
        }

        public void set_state(Tensor value)
        {
            NativeMethods.Check(NativeMethods.ts_generator_set_state(_handle, value is null ? 0 : value.Handle));
            GC.KeepAlive(this);
            GC.KeepAlive(value);
        }

        public Generator manual_seed(long seed)
        {
            NativeMethods.Check(NativeMethods.ts_generator_set_seed(_handle, (ulong)seed));
            GC.KeepAlive(this);
            return this;
        }

        public long seed()
        {
            var seed = DateTime.UtcNow.Ticks;
            manual_seed(seed);
            return seed;
        }

        public long initial_seed()
        {
            ulong seed;
            NativeMethods.Check(NativeMethods.ts_generator_seed(_handle, &seed));
            GC.KeepAlive(this);
            return (long)seed;
        }

        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        protected virtual void Dispose(bool disposing)
        {
            var released = Interlocked.Exchange(ref _handle, IntPtr.Zero);
            if (released != IntPtr.Zero) NativeMethods.ts_generator_release(released);
        }
    }

    public static Generator manual_seed(long seed) => random.manual_seed(seed);

    public static long seed() => random.seed();

    public static long initial_seed() => random.initial_seed();

    public static Tensor get_rng_state() => random.get_rng_state();

    public static void set_rng_state(Tensor new_state) => random.set_rng_state(new_state);

    public static partial class random
    {
        public static long seed()
        {
            using var generator = Generator.Default;
            return generator.seed();
        }

        public static long initial_seed()
        {
            using var generator = Generator.Default;
            return generator.initial_seed();
        }

        public static Generator manual_seed(long seed) => Generator.Default.manual_seed(seed);

        public static Tensor get_rng_state()
        {
            using var generator = Generator.Default;
            return generator.get_state();
        }

        public static void set_rng_state(Tensor new_state)
        {
            using var generator = Generator.Default;
            generator.set_state(new_state);
        }
    }
}
