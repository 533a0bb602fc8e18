using System.Globalization;

namespace Tlb.Core;

/// <summary>Keeps all others from writing to a folder, until it is disposed or its process ends, in whatever way.</summary>
/// <remarks>
/// The system's lock on a file decides; the file stays when it is let go, since nobody could tell whether another has just opened it. Who
/// holds it is in a second file: the first can't be read while it is locked.
/// </remarks>
internal sealed class FolderLock : IDisposable
{
    private const string LockFile = "writer.lock";
    private const string HolderFile = "writer.txt";

    private readonly FileStream _lock;
    private readonly string _holder;

    /// <summary>Takes the lock.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="IOException">Another has it; the message says who.</exception>
    public FolderLock(string folder)
    {
        _holder = Path.Combine(folder, HolderFile);
        try
        {
            _lock = new(Path.Combine(folder, LockFile), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (IsHeld(e))
        {
            throw new IOException($"'{folder}' is being written to by {Holder()}. Wait for its end or end it, or give another folder.", e);
        }
        try
        {
            File.WriteAllText(_holder, string.Create(CultureInfo.InvariantCulture,
                $"process {Environment.ProcessId} on {Environment.MachineName}, since {DateTime.UtcNow:yyyy-MM-dd HH:mm:ss} UTC"));
        }
        catch
        {
            _lock.Dispose();
            throw;
        }
    }

    /// <summary>Lets it go.</summary>
    public void Dispose()
    {
        try
        {
            File.Delete(_holder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It then names a process that has ended, and is read by nobody until another has taken its place.
        }
        _lock.Dispose();
    }

    /// <summary>Whether it is the other's lock that keeps a file from being opened: EAGAIN on Linux and on macOS, a sharing violation on Windows.</summary>
    private static bool IsHeld(IOException error) => error.HResult is 11 or 35 or unchecked((int)0x80070020);

    private string Holder()
    {
        try
        {
            return File.ReadAllText(_holder) is { Length: > 0 } holder ? holder : "another process";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "another process";
        }
    }
}
