using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.RegularExpressions;

namespace Tlb.Tests;

/// <summary>A process that a test starts. It and all that it started end with the test, or at a time limit: whoever waits for it then goes on and fails.</summary>
/// <remarks>Its output is read by threads of its own, so that it neither fills a pipe nor waits for a busy thread pool.</remarks>
internal sealed class ChildProcess : IDisposable
{
    /// <summary>The limit where a test gives none: no process of the tests takes a tenth of it on an idle machine.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    private readonly Process _process;
    private readonly TimeSpan _limit;
    private readonly string _command;
    private readonly StringBuilder _output = new();                          // also the lock of all that follows
    private readonly StringBuilder _error = new();
    private readonly Thread[] _threads;
    private int _lineStart;
    private bool _outputHasEnded;
    private bool _isOverLimit;

    /// <summary>Starts a process.</summary>
    /// <param name="start">What to start. Both of its outputs are redirected.</param>
    /// <param name="limit">The time after which it is killed; null for <see cref="Limit"/>.</param>
    public ChildProcess(ProcessStartInfo start, TimeSpan? limit = null)
    {
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        (_limit, _command) = (limit ?? Limit, string.Join(' ', start.ArgumentList.Prepend(start.FileName)));
        _process = Process.Start(start)!;
        _threads = [new(ReadOutput), new(ReadError), new(KillAtLimit)];
        foreach (var thread in _threads)
        {
            thread.IsBackground = true;
            thread.Start();
        }
    }

    /// <summary>Starts a process.</summary>
    public ChildProcess(string file, params string[] arguments) : this(new ProcessStartInfo(file, arguments))
    {
    }

    /// <summary>Its number.</summary>
    public int Id => _process.Id;

    /// <summary>Whether it has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Waits for its end and gives its status.</summary>
    /// <remarks>Fails where it had to be killed at the limit.</remarks>
    public int ExitCode
    {
        get
        {
            WaitForExit();
            return _process.ExitCode;
        }
    }

    /// <summary>Waits for its end and gives what it wrote: its output, then its errors.</summary>
    /// <remarks>Fails where it had to be killed at the limit.</remarks>
    public string Output
    {
        get
        {
            WaitForExit();
            return Written();
        }
    }

    /// <summary>Waits for the next line of its output.</summary>
    /// <returns>The line; null where it ended without one.</returns>
    public string? ReadLine()
    {
        lock (_output)
        {
            while (true)
            {
                var text = _output.ToString(_lineStart, _output.Length - _lineStart);
                var end = text.IndexOf('\n', StringComparison.Ordinal);
                if (end >= 0)
                {
                    _lineStart += end + 1;
                    return text[..end].TrimEnd('\r');
                }
                if (_outputHasEnded)
                {
                    _lineStart = _output.Length;
                    return text.Length > 0 ? text : null;
                }
                Monitor.Wait(_output);
            }
        }
    }

    /// <summary>Waits for a line of its output.</summary>
    /// <param name="pattern">What is in the line.</param>
    /// <returns>The match. Fails where it ended without one.</returns>
    public Match ReadUntil([StringSyntax(StringSyntaxAttribute.Regex)] string pattern)
    {
        while (ReadLine() is { } line)
            if (Regex.Match(line, pattern) is { Success: true } match)
                return match;
        Assert.Fail($"It ended without a line of '{pattern}': {_command}{Environment.NewLine}{Output}");
        return null;
    }

    /// <summary>Waits for its end.</summary>
    /// <remarks>Fails where it had to be killed at the limit.</remarks>
    public void WaitForExit()
    {
        var hasEnded = Join();
        if (_isOverLimit)
            Assert.Fail($"A process had not ended after {_limit.TotalSeconds} s and was killed: {_command}{Environment.NewLine}{Tail()}");
        if (!hasEnded)
            Assert.Fail($"A process has ended, and what it started keeps its output open: {_command}{Environment.NewLine}{Tail()}");
    }

    /// <summary>Waits a while for its end.</summary>
    /// <param name="milliseconds">The longest time to wait.</param>
    /// <returns>Whether it has ended.</returns>
    public bool WaitForExit(int milliseconds) => _process.WaitForExit(milliseconds);

    /// <summary>Kills it as <c>kill -9</c> does, so that it can clean nothing up, and waits for its end.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);                              // it runs if the test failed, or wants no more of it
        Join();
        _process.Dispose();
    }

    /// <summary>Waits until it has ended and all is read; not for ever, where something that it started outlives it.</summary>
    private bool Join() => Array.TrueForAll(_threads, thread => thread.Join(_limit + _limit));

    private void ReadOutput()
    {
        Read(_process.StandardOutput, _output);
        lock (_output)
        {
            _outputHasEnded = true;
            Monitor.PulseAll(_output);
        }
    }

    private void ReadError() => Read(_process.StandardError, _error);

    private void Read(StreamReader reader, StringBuilder target)
    {
        var buffer = new char[4096];
        for (var count = reader.Read(buffer); count > 0; count = reader.Read(buffer))
            lock (_output)
            {
                target.Append(buffer, 0, count);
                Monitor.PulseAll(_output);
            }
    }

    private void KillAtLimit()
    {
        if (_process.WaitForExit(_limit))
            return;
        _isOverLimit = true;
        _process.Kill(entireProcessTree: true);
    }

    /// <summary>The last of what it wrote: for a message, which a program that ran for minutes would drown.</summary>
    private string Tail() => Written() is var text && text.Length > 2000 ? $"...{text[^2000..]}" : text;

    private string Written()
    {
        lock (_output)
            return $"{_output}{_error}";
    }
}
