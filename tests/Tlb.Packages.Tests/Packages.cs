using System.Diagnostics;
using System.Reflection;
using Tlb.ML.Tests;
using Tlb.Tests;

namespace Tlb.Packages.Tests;

/// <summary>The packages of this repository in a feed of their own, and programs that find them there as on a machine that has never seen them.</summary>
public sealed class Packages : IDisposable
{
    /// <summary>Restoring and compiling take their time where the machine does other work.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    private readonly TempFolder _folder = new();

    public Packages()
    {
        Repository = typeof(Packages).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "Repository").Value!;
        // Other packages come from where the machine keeps them. Ours can't: there may be older ones of the same version.
        var others = Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        File.WriteAllText(_folder["nuget.config"], $"""
            <configuration>
              <packageSources><add key="ours" value="feed" /></packageSources>
              <fallbackPackageFolders><add key="machine" value="{others}" /></fallbackPackageFolders>
            </configuration>
            """);
        Directory.CreateDirectory(_folder["feed"]);
        Directory.CreateDirectory(_folder["data"]);                          // .NET takes a folder for data only where it is there
        foreach (var project in (string[])["src/Tlb.Core/Tlb.Core.csproj", "src/Tlb.Cpu/Tlb.Cpu.csproj", "src/Tlb.Torch/Tlb.Torch.csproj", "src/Tlb.ML/Tlb.ML.csproj", "examples/ImageClassifier/ImageClassifier.csproj", "templates/Tlb.ML.Templates/Tlb.ML.Templates.csproj"])
            Run(Repository, "dotnet", "pack", Path.Combine(Repository, project), "-c", "Release", "--no-build", "-o", _folder["feed"]);
        Write("flowers", 60);
        Write("others", 12);
    }

    /// <summary>Where the sources are.</summary>
    public string Repository { get; }

    /// <summary>A file or folder of the place where the packages are found.</summary>
    public string this[string name] => _folder[name];

    public void Dispose() => _folder.Dispose();

    /// <summary>Runs a program to its end in a folder, and expects it to succeed.</summary>
    /// <returns>What it wrote.</returns>
    public string Run(string folder, string program, params string[] arguments)
    {
        using var process = Start(folder, program, arguments);
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}{Environment.NewLine}{process.Output}");
        return process.Output;
    }

    /// <summary>Starts a program that finds our packages in their feed alone.</summary>
    internal ChildProcess Start(string folder, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder };
        if (folder != Repository)
        {
            (start.Environment["NUGET_PACKAGES"], start.Environment["XDG_DATA_HOME"]) = (_folder["packages"], _folder["data"]);
            start.Environment.Remove("MSBUILD_EXE_PATH");
        }
        (start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"], start.Environment["DOTNET_NOLOGO"]) = ("1", "1");
        return new(start, Limit);
    }

    /// <summary>Writes small pictures of three classes that are easy to tell apart: which third is bright.</summary>
    private void Write(string name, int count)
    {
        const int Size = 32, Channels = 4;
        string[] labels = ["left", "middle", "right"];
        var random = new Random(count);
        for (var i = 0; i < count; i++)
        {
            var pixels = new byte[Size * Size * Channels];
            for (var at = 0; at < pixels.Length; at++)
                pixels[at] = at % Channels == 3 ? byte.MaxValue : (byte)((at / Channels % Size * 3 / Size == i % 3 ? 170 : 20) + random.Next(60));
            using var image = MLImage.CreateFromPixels(Size, Size, MLPixelFormat.Rgba32, pixels);
            image.Save(Path.Combine(Directory.CreateDirectory(_folder[$"{name}/{labels[i % 3]}"]).FullName, $"{i:D3}.png"));
        }
    }
}
