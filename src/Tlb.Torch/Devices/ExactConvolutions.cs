using TorchSharp;
using static TorchSharp.torch;

namespace Tlb.Torch;

/// <summary>
/// Has convolutions of 32-bit floats computed as such on CUDA devices: libtorch has one setting for the process, by which they are rounded
/// to TensorFloat32 unless it is told otherwise. It is told while anyone needs it, and then set back.
/// </summary>
internal static class ExactConvolutions
{
    private static readonly Lock Gate = new();                               // libtorch throws where the setting is read while it is written
    private static int _users;
    private static bool _before;

    /// <summary>Needs exact convolutions until the result is disposed, if a network has any that would be rounded.</summary>
    /// <param name="config">The network.</param>
    /// <param name="type">What it computes in.</param>
    /// <param name="device">The device that it computes on.</param>
    public static Use For(TlbConfig config, ComputeType type, Device device)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(device);
        return config.Tokenizer == TokenizerKind.Convolutions && type.Precision == Precision.Float32 && device.type == DeviceType.CUDA ? Begin() : default;
    }

    /// <summary>Needs exact convolutions until the result is disposed.</summary>
    internal static Use Begin()
    {
        lock (Gate)
        {
            if (_users++ == 0 && (_before = backends.cudnn.allow_tf32))
                backends.cudnn.allow_tf32 = false;
        }
        return new(isUser: true);
    }

    private static void End()
    {
        lock (Gate)
        {
            if (--_users == 0 && _before)
                backends.cudnn.allow_tf32 = true;
        }
    }

    /// <summary>A need of exact convolutions, or none.</summary>
    internal readonly ref struct Use(bool isUser)
    {
        /// <summary>Ends the need.</summary>
        public void Dispose()
        {
            if (isUser)
                End();
        }
    }
}
