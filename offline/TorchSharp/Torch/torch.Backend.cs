using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    // What the package that this stands in for reports, whatever library runs.
    public static string __version__ => "2.10.0.0";

    private static Device _defaultDevice = new(DeviceType.CPU);

    public static Device get_default_device() => _defaultDevice;

    public static void set_default_device(Device device) => _defaultDevice = device ?? throw new ArgumentNullException(nameof(device));

    public static void set_default_device(string device) => set_default_device(new Device(device));

    /// <summary>Whether devices of this type can be used: the CPU always, an accelerator never (libtorch is a CPU build).</summary>
    public static bool TryInitializeDeviceType(DeviceType deviceType) => deviceType is not (DeviceType.CUDA or DeviceType.MPS);

    public static void InitializeDeviceType(DeviceType deviceType)
    {
        if (!TryInitializeDeviceType(deviceType))
            throw new InvalidOperationException($"There is no device of type {deviceType} that could be used.");
    }

    public static Device InitializeDevice(Device? device)
    {
        device ??= get_default_device();
        InitializeDeviceType(device.type);
        return device;
    }

    public static bool cuda_is_available() => cuda.is_available();

    public static bool mps_is_available() => false;

    /// <summary>Errors are thrown where they happen: none is ever left to be found.</summary>
    public static void CheckForErrors() { }

    public static int get_num_threads() => (int)NativeMethods.GetNumber(Setting.Threads);

    public static void set_num_threads(int num) => NativeMethods.Set(Setting.Threads, num);

    public static int get_num_interop_threads() => (int)NativeMethods.GetNumber(Setting.InteropThreads);

    public static void set_num_interop_threads(int num) => NativeMethods.Set(Setting.InteropThreads, num);

    public static partial class cuda
    {
        public static bool is_available() => false;

        public static bool is_cudnn_available() => false;

        public static int device_count() => 0;

        public static void manual_seed(long seed) { }

        public static void manual_seed_all(long seed) { }

        public static void synchronize(Device? device = null) { }
    }
}
