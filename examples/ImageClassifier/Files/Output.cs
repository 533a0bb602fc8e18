using Spectre.Console;
using Tlb.Core;

namespace Tlb.Examples.ImageClassifier;

/// <summary>Where a command writes what it was asked for: a file, a device, or standard output, which then has nothing else.</summary>
internal sealed class Output
{
    private const string StandardOutput = "-";

    private static readonly string[] StandardOutputs = [StandardOutput, "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"];

    private Output(string option, string? path) => (Option, Path) = (option, path);

    /// <summary>The option that named it.</summary>
    public string Option { get; }

    /// <summary>The full path; null for standard output.</summary>
    public string? Path { get; }

    /// <summary>Checks that a file can be written, before the work whose result it is to hold.</summary>
    /// <param name="option">The option that named it.</param>
    /// <param name="path">The path.</param>
    /// <param name="extensions">What it may end in; empty for anything.</param>
    public static Output Check(string option, string path, params string[] extensions)
    {
        if (path == StandardOutput)
            throw new ArgumentException($"{option} is '{path}', standard output; expected a file (./{path} for one of that name).");
        var isDevice = path.StartsWith("/dev/", StringComparison.Ordinal);   // those have no extensions
        if (extensions.Length > 0 && !isDevice && !extensions.Contains(System.IO.Path.GetExtension(path), StringComparer.OrdinalIgnoreCase))
            throw new ArgumentException($"{option} is '{path}'; expected a file that ends in {(extensions.Length > 1 ? $"{string.Join(", ", extensions[..^1])} or " : "")}{extensions[^1]}.");
        OutputFile.Check(path);
        return new(option, System.IO.Path.GetFullPath(path));
    }

    /// <summary>The same for text, which may go to standard output too, as <c>-</c>: all else that is printed then goes to standard error.</summary>
    public static Output CheckText(string option, string path, params string[] extensions)
    {
        if (!StandardOutputs.Contains(path, StringComparer.Ordinal))
            return Check(option, path, extensions);
        Console.SetOut(Console.Error);
        AnsiConsole.Console = AnsiConsole.Create(new() { Ansi = AnsiSupport.No, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(Console.Error) });
        return new(option, path: null);
    }

    /// <summary>Fails where two of a command's files are one: the later would replace the earlier.</summary>
    public static void ThrowIfSame(params (string Option, string? Path)[] files)
    {
        var same = files.Where(file => file.Path is not null).GroupBy(file => System.IO.Path.GetFullPath(file.Path!), StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1);
        if (same is not null)
            throw new ArgumentException($"{string.Join(" and ", same.Select(file => file.Option))} are all '{same.Key}'; expected a file for each.");
    }

    /// <summary>Whether it is a file whose name ends so.</summary>
    public bool HasExtension(string extension) => extension.Equals(System.IO.Path.GetExtension(Path ?? ""), StringComparison.OrdinalIgnoreCase);

    /// <summary>Writes it: a file that exists is replaced when the new one is complete.</summary>
    public void Write(Action<Stream> write)
    {
        if (Path is not null)
        {
            OutputFile.Write(Path, write);
            return;
        }
        using var stream = Console.OpenStandardOutput();
        write(stream);
    }

    /// <summary>Writes it as text.</summary>
    public void WriteText(Action<TextWriter> write) => Write(stream =>
    {
        using var writer = new StreamWriter(stream);
        write(writer);
    });

    /// <inheritdoc/>
    public override string ToString() => Path ?? "standard output";
}
