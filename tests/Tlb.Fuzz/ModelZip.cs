using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.ML;
using Tlb.Core;
using Tlb.ML;

namespace Tlb.Fuzz;

/// <summary>A saved model in memory, and changes of it whose checksums are in order: what someone who makes zips may write.</summary>
internal static partial class ModelZip
{
    public const string Description = "Model.json";
    public const string Weights = "Weights.safetensors";

    /// <summary>A model of a network.</summary>
    public static TlbTransformer Model(MLContext ml, NetworkWeights weights, Random random)
    {
        var config = weights.Config;
        var layout = new ImageLayout
        {
            Height = random.Next(1, 20), Width = random.Next(1, 20), Offset = random.Next(2) * 127.5f, Scale = 1f / random.Next(1, 256),
        };
        List<string> names = [.. Enumerable.Range(0, config.NumberOfClasses).Select(i => $"class {i}")];
        var labels = random.Next(3) switch { 0 => null, 1 => ClassLabels.Parse("Text", names), _ => ClassLabels.Parse("Int32", [.. names.Select(name => name[6..])]) };
        var history = new TrainingHistory { Epochs = [] };
        return new(ml, new TlbModelParameters(weights, layout, labels, history), "Image", "Score", "PredictedLabel");
    }

    /// <summary>Saves a model.</summary>
    public static byte[] Save(MLContext ml, ITransformer model)
    {
        using var stream = new MemoryStream();
        ml.Model.Save(model, null, stream);
        return stream.ToArray();
    }

    /// <summary>Changes an entry of the network's, and puts the checksums in order.</summary>
    /// <param name="zip">The zip.</param>
    /// <param name="name">The entry.</param>
    /// <param name="change">What it becomes.</param>
    public static byte[] Change(byte[] zip, string name, Func<byte[], byte[]> change)
    {
        using var stream = new MemoryStream();
        stream.Write(zip);
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Update, leaveOpen: true))
        {
            Rewrite(archive, Find(archive, name), change);
            var weights = Convert.ToHexString(SHA256.HashData(Bytes(Find(archive, Weights))));
            Rewrite(archive, Find(archive, Description), bytes => Latin1(WeightsChecksum().Replace(Latin1(bytes), "${1}" + weights)));
            var description = Find(archive, Description);
            var checksum = Encoding.Unicode.GetBytes(ModelFile.Checksum(Bytes(description), "Image", "Score", "PredictedLabel"));
            var key = archive.GetEntry(description.FullName.Replace(Description, "Model.key", StringComparison.Ordinal))!;
            Rewrite(archive, key, bytes => Latin1(Checksum().Replace(Latin1(bytes), Latin1(checksum))));
        }
        return stream.ToArray();
    }

    /// <summary>Bytes as a text of as many characters.</summary>
    public static string Latin1(byte[] bytes) => Encoding.Latin1.GetString(bytes);

    /// <summary>A text of bytes as bytes.</summary>
    public static byte[] Latin1(string text) => Encoding.Latin1.GetBytes(text);

    private static void Rewrite(ZipArchive archive, ZipArchiveEntry entry, Func<byte[], byte[]> change)
    {
        var bytes = change(Bytes(entry));
        var name = entry.FullName;
        entry.Delete();
        using var target = archive.CreateEntry(name).Open();
        target.Write(bytes);
    }

    private static ZipArchiveEntry Find(ZipArchive archive, string name) => archive.Entries.Single(entry => entry.FullName.EndsWith(name, StringComparison.Ordinal));

    private static byte[] Bytes(ZipArchiveEntry entry)
    {
        using var bytes = new MemoryStream();
        using var stream = entry.Open();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    [GeneratedRegex("(\"WeightsSha256\": \")[0-9A-F]{64}")]
    private static partial Regex WeightsChecksum();

    [GeneratedRegex("([0-9A-F]\0){64}")]
    private static partial Regex Checksum();
}
