using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Tlb.Core;

/// <summary>
/// Writes files so that at their path there is always a whole one, the old or the new, whatever ends the process meanwhile, and so that
/// two processes that write one file don't disturb each other: one of them wins. For models too:
/// <c>OutputFile.Write("flowers.zip", stream => ml.Model.Save(model, schema, stream))</c>.
/// </summary>
/// <remarks>
/// A file is written beside its place, under a name of its own (<c>flowers.zip.1a2b3c4d.part</c>), and takes its place when it is complete
/// on the disk. What was written so far is deleted where writing fails; only a process that is killed (kill -9) can leave it behind, and then
/// nobody takes it for the file. A symbolic link stays, and what it leads to is replaced. Devices, FIFOs and what lies under <c>/proc</c> and
/// <c>/dev/fd</c>, as <c>/dev/stdout</c> does, are written directly.
/// </remarks>
public static class OutputFile
{
    /// <summary>What the name of a file ends in until it is complete.</summary>
    internal const string Unfinished = ".part";

    private const int MostOfName = 40;                                       // names have an end, at 255 bytes mostly, and this one gets longer

    private const int TextBuffer = 1 << 14;                                  // characters: files have no buffer, whose last bytes could fail unnoticed

    private static readonly ConcurrentDictionary<string, bool> BeingWritten = new();

    static OutputFile() => AppDomain.CurrentDomain.ProcessExit += (_, _) => DeleteUnfinished();

    /// <summary>Finds out whether a file can be written, before the work whose result it is to hold.</summary>
    /// <param name="path">The file; it may exist.</param>
    /// <exception cref="IOException">The path is a folder's, or its folder doesn't exist.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder can't be written to, or the file is read-only.</exception>
    public static void Check(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (Place(path) is not { } place)
            return;
        if (Directory.Exists(place))
            throw new IOException($"'{path}' is a folder; expected the path of a file to write.");
        var folder = Path.GetDirectoryName(place);
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"The folder '{folder}' doesn't exist.");
        if (File.Exists(place) && File.GetAttributes(place).HasFlag(FileAttributes.ReadOnly))
            throw new UnauthorizedAccessException($"'{path}' is read-only: make it writable, or give another file.");
        try
        {
            var probe = CreateBeside(place);
            probe.Dispose();
            Delete(probe.Name);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UnauthorizedAccessException($"The folder '{folder}' can't be written to: {e.Message}", e);
        }
    }

    /// <summary>Writes a file.</summary>
    /// <param name="path">The file; one that exists is replaced when the new one is complete, and stays as it is where that fails.</param>
    /// <param name="write">Writes what is to be in it. The stream is closed afterwards.</param>
    /// <exception cref="IOException">The disk is full, or the folder doesn't exist.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder or the device can't be written to.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);
        if (Place(path) is { } place)
            Replace(place, write);
        else
            WriteDirectly(path, write);
    }

    /// <summary>Writes a file of text, in UTF-8.</summary>
    /// <param name="path">As for <see cref="Write"/>.</param>
    /// <param name="write">Writes the text.</param>
    /// <exception cref="IOException">The disk is full, or the folder doesn't exist.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder or the device can't be written to.</exception>
    public static void WriteText(string path, Action<TextWriter> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        Write(path, stream =>
        {
            using var writer = new StreamWriter(stream, bufferSize: TextBuffer);
            write(writer);
        });
    }

    private static void Replace(string place, Action<Stream> write)
    {
        var file = CreateBeside(place);
        try
        {
            using (file)
                Fill(file, write);
            if (!OperatingSystem.IsWindows() && File.Exists(place))
                File.SetUnixFileMode(file.Name, File.GetUnixFileMode(place)); // who may read it is decided by who owns it
            File.Move(file.Name, place, overwrite: true);
            BeingWritten.TryRemove(file.Name, out _);
        }
        catch
        {
            Delete(file.Name);
            throw;
        }
    }

    private static void WriteDirectly(string path, Action<Stream> write)
    {
        using var device = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        if (device.CanSeek)
            device.Seek(0, SeekOrigin.End);                                  // a file that standard output was sent to: what it holds stays
        Fill(device, write);
    }

    /// <summary>Has a file filled, and fails where a write did, even if whoever wrote took no notice: ML.NET doesn't at the end of a zip.</summary>
    private static void Fill(FileStream file, Action<Stream> write)
    {
        using var stream = new OutputStream(file);
        write(stream);
        stream.Flush();
        if (stream.Failure is { } failure)
            throw new IOException(failure.Message, failure);
    }

    private static void Delete(string unfinished)
    {
        File.Delete(unfinished);
        BeingWritten.TryRemove(unfinished, out _);
    }

    /// <summary>Where a process ends while other threads write, by a signal or of itself.</summary>
    private static void DeleteUnfinished()
    {
        foreach (var name in BeingWritten.Keys)
        {
            try
            {
                File.Delete(name);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Nothing to be done: the process ends.
            }
        }
    }

    /// <summary>Where a file is that a path leads to, over symbolic links; it need not exist. Null for what is no file, and is written directly.</summary>
    private static string? Place(string path)
    {
        var place = Path.GetFullPath(path);
        if (OperatingSystem.IsWindows())
            return File.ResolveLinkTarget(place, returnFinalTarget: true)?.FullName ?? place;
        return UnixFile.IsSpecial(place) ? null : FinalPath.Of(place) is var file && IsOfProcess(file) ? null : file;
    }

    /// <summary>Whether a path is that of a file which a process has open.</summary>
    private static bool IsOfProcess(string file) =>
        file.StartsWith("/proc/", StringComparison.Ordinal) || file.StartsWith("/dev/fd/", StringComparison.Ordinal);

    /// <summary>Makes an empty file beside another.</summary>
    private static FileStream CreateBeside(string place)
    {
        var name = Path.GetFileName(place);
        var unfinished = $"{name[..Math.Min(name.Length, MostOfName)]}.{RandomNumberGenerator.GetHexString(8, lowercase: true)}{Unfinished}";
        var path = Path.Combine(Path.GetDirectoryName(place)!, unfinished);
        var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read | FileShare.Delete, bufferSize: 0);
        BeingWritten[path] = true;
        return file;
    }
}
