using System.Collections.Immutable;
using System.Text;

namespace Tlb.Core.Tests;

public sealed class SafetensorsTests
{
    [Fact]
    public void What_is_written_is_read()
    {
        var file = Safetensors.Read(Sample());
        Assert.Equal(["a", "b"], file.Tensors.Keys);
        Assert.Equal([2, 3], file.Tensors["a"].Shape.ToArray());
        Assert.Equal([1f, 2, 3, 4, 5, 6], file.Tensors["a"].ToSingles());
        Assert.Equal([7f], file.Tensors["b"].ToSingles());
        Assert.Equal("value", file.Metadata["key"]);
    }

    [Fact]
    public void The_header_is_the_formats()
    {
        var bytes = Sample();
        var length = (int)BitConverter.ToInt64(bytes);
        Assert.Equal(0, length % 8);
        Assert.Equal(
            """{"__metadata__":{"key":"value"},"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"b":{"dtype":"F32","shape":[],"data_offsets":[24,28]}}""",
            Encoding.UTF8.GetString(bytes, 8, length).TrimEnd(' '));
        Assert.Equal(8 + length + 28, bytes.Length);
    }

    [Theory]
    [InlineData("F16", new byte[] { 0x00, 0x3E }, 1.5f)]
    [InlineData("BF16", new byte[] { 0xC0, 0x3F }, 1.5f)]
    [InlineData("F64", new byte[] { 0, 0, 0, 0, 0, 0, 0xF8, 0x3F }, 1.5f)]
    public void Other_float_types_are_converted(string type, byte[] value, float expected) =>
        Assert.Equal([expected], Safetensors.Read(File(type, "[1]", value.Length, value)).Tensors["x"].ToSingles());

    [Fact]
    public void Whole_numbers_are_not_weights()
    {
        var tensor = Safetensors.Read(File("I64", "[1]", 8, new byte[8])).Tensors["x"];
        Assert.Equal(0, tensor.Values<long>()[0]);
        Assert.Contains("I64", Assert.Throws<InvalidDataException>(() => tensor.ToSingles()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(20)]
    [InlineData(-1)]
    public void A_file_cut_short_is_refused(int length)
    {
        var bytes = Sample();
        Assert.Throws<InvalidDataException>(() => Safetensors.Read(bytes[..(length < 0 ? bytes.Length + length : length)]));
    }

    [Theory]
    [InlineData("F32", "[2]", 4)]                                            // fewer bytes than the shape asks for
    [InlineData("F32", "[-1]", 4)]
    [InlineData("F32", "\"no\"", 4)]
    [InlineData("F32", "[99999999999]", 4)]
    public void A_damaged_header_is_refused(string type, string shape, int length) =>
        Assert.Throws<InvalidDataException>(() => Safetensors.Read(File(type, shape, length, new byte[length])));

    /// <summary>Tensors that are not side by side: what some bytes mean would depend on who reads them.</summary>
    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "begin at byte 0, within those of another; expected byte 4")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "begin at byte 4, within those of another; expected byte 8")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}""", 12, "begin at byte 8, after bytes that are no tensor's; expected byte 4")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "expected byte 0")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 8, "end at byte 4; there are 8")]
    [InlineData("""{}""", 4, "end at byte 0; there are 4")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "Duplicate property 'a'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"shape":[1],"data_offsets":[0,4]}}""", 4, "Duplicate property 'shape'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}""", 4, "has 1 data_offsets; expected 2")]
    [InlineData("""{"a":{"dtype":"F32","shape":[65536,65536],"data_offsets":[0,0]}}""", 0, "has 0 bytes; expected 17179869184")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2147483647,2147483647,2147483647],"data_offsets":[0,0]}}""", 0, "overflow")]
    [InlineData("""{"a":{"dtype":"F32","shape":[[[[[[[[1]]]]]]]],"data_offsets":[0,4]}}""", 4, "depth")]
    public void Bytes_are_one_tensors_each(string header, int length, string problem)
    {
        var text = Encoding.UTF8.GetBytes(header);
        Assert.Contains(problem, Assert.Throws<InvalidDataException>(() => Safetensors.Read((byte[])[.. BitConverter.GetBytes((long)text.Length), .. text, .. new byte[length]])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_file_is_named()
    {
        var path = Path.GetTempFileName();
        try
        {
            System.IO.File.WriteAllText(path, "not a model");
            Assert.Contains(path, Assert.Throws<InvalidDataException>(() => Safetensors.Read(path)).Message, StringComparison.Ordinal);
        }
        finally
        {
            System.IO.File.Delete(path);
        }
    }

    private static byte[] Sample()
    {
        using var stream = new MemoryStream();
        Safetensors.Write(
            stream,
            [("a", [2, 3], new float[] { 1, 2, 3, 4, 5, 6 }), ("b", ImmutableArray<int>.Empty, new float[] { 7 })],
            new Dictionary<string, string> { ["key"] = "value" });
        return stream.ToArray();
    }

    private static byte[] File(string type, string shape, int length, byte[] values)
    {
        var header = Encoding.UTF8.GetBytes($$"""{"x":{"dtype":"{{type}}","shape":{{shape}},"data_offsets":[0,{{length}}] } }""");
        return [.. BitConverter.GetBytes((long)header.Length), .. header, .. values];
    }
}
