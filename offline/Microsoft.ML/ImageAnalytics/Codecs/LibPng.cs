using System.Runtime.InteropServices;

namespace Microsoft.ML.Data;

/// <summary>The simplified API of libpng (Debian: libpng16-16), which catches errors by itself.</summary>
internal static unsafe partial class LibPng
{
    public const uint FormatAlpha = 0x01;
    public const uint FormatRgb = 0x02;
    public const uint FormatRgba = FormatRgb | FormatAlpha;
    public const uint FormatBgr = 0x10;

    /// <summary>Takes 16-bit samples for what 8-bit ones are, not for linear light.</summary>
    public const uint FlagDeepIsSrgb = 0x04;

    private const string Library = "libpng16.so.16";

    [LibraryImport(Library, EntryPoint = "png_image_begin_read_from_memory")]
    public static partial int BeginRead(ref Image image, byte* data, nuint size);

    [LibraryImport(Library, EntryPoint = "png_image_finish_read")]
    public static partial int FinishRead(ref Image image, void* background, byte* pixels, int rowStride, void* colormap);

    [LibraryImport(Library, EntryPoint = "png_image_write_to_memory")]
    public static partial int Write(ref Image image, byte* data, ref nuint size, int convertTo8Bit, byte* pixels, int rowStride,
        void* colormap);

    [LibraryImport(Library, EntryPoint = "png_image_free")]
    public static partial void Free(ref Image image);

    [StructLayout(LayoutKind.Sequential)]
    public struct Image
    {
        public const uint CurrentVersion = 1;
        private const int MessageSize = 64;

        public nint Opaque;
        public uint Version;
        public uint Width;
        public uint Height;
        public uint Format;
        public uint Flags;
        public uint ColormapEntries;
        public uint WarningOrError;
        private fixed byte _message[MessageSize];

        public readonly string Message
        {
            get
            {
                fixed (byte* message = _message)
                    return Marshal.PtrToStringUTF8((nint)message);
            }
        }
    }
}
