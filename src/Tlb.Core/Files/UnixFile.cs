using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text;

namespace Tlb.Core;

/// <summary>What .NET does not say of files on Unix.</summary>
[UnsupportedOSPlatform("windows")]
internal static class UnixFile
{
    private const int TypeMask = 0xF000;                                     // of a mode: S_IFMT
    private const int Folder = 0x4000;                                       // S_IFDIR
    private const int Regular = 0x8000;                                      // S_IFREG

    /// <summary>Whether a path leads to what is neither a file nor a folder: a device, a FIFO, a socket.</summary>
    /// <param name="path">The path; links are followed.</param>
    public static bool IsSpecial(string path) => TypeOf(path) is not (null or Folder or Regular);

    private static int? TypeOf(string path)
    {
        var status = new FileStatus();
        return NativeMethods.Stat(Text(path), ref status) == 0 ? status.Mode & TypeMask : null;
    }

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text + '\0');

    /// <summary>The start of what .NET's own stat gives; more room than it takes.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 512)]
    private struct FileStatus
    {
        public int Flags;
        public int Mode;
    }

    private static class NativeMethods
    {
        // stat's own structure differs from system to system; .NET's is one for all.
        [DllImport("libSystem.Native", EntryPoint = "SystemNative_Stat")]
        [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory | DllImportSearchPath.System32)]
        public static extern int Stat(byte[] path, ref FileStatus status);
    }
}
