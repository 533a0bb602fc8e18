using System.Runtime.InteropServices;
using static Tlb.ML.Tests.TestImages;

namespace Tlb.ML.Tests;

/// <summary>
/// The program as it is built carries TorchSharp and no libtorch. Its CPU engine needs none (<see cref="WithoutTorchTests"/>); where a
/// user asks for what does, one line says what is missing, be it a package or, on an older Linux, a newer libstdc++.
/// </summary>
public sealed class MissingLibTorchTests : IDisposable
{
    private static readonly string ProgramFolder = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../ImageClassifier", new DirectoryInfo(AppContext.BaseDirectory).Name));

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("--precision", "BFloat16")]
    [InlineData("--device", "cuda:0")]
    public void One_line_says_what_is_missing(string option, string value)
    {
        Write(_folder["data"], 30);
        var (status, output) = ImageClassifierProgram.Run(
            ["train", "--data", _folder["data"], "--model", _folder["model.zip"], "--epochs", "1", .. ImageClassifierProgram.PlainTiny, option, value],
            ProgramFolder);
        Assert.NotEqual(0, status);
        Assert.Contains(HasOldLibstdcpp()
            ? "TorchSharp's native library can't be loaded on this system: it needs version GLIBCXX_3.4.32 of libstdc++"
            : "TorchSharp's native libraries are not beside this application: it needs the package TorchSharp-cpu", output, StringComparison.Ordinal);
        Assert.DoesNotContain("LoadNativeBackend", output, StringComparison.Ordinal);   // TorchSharp's own page
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);              // a trace
        Assert.False(File.Exists(_folder["model.zip"]));
        Assert.False(Directory.Exists(Path.Combine(ProgramFolder, "cpu")));   // half a gigabyte, copied by TorchSharp where it finds it
    }

    private static bool HasOldLibstdcpp() => OperatingSystem.IsLinux()
        && NativeLibrary.TryLoad("libstdc++.so.6", out var library) && !NativeLibrary.TryGetExport(library, "_ZSt21ios_base_library_initv", out _);
}
