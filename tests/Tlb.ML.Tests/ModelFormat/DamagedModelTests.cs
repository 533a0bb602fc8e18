using System.Text;

namespace Tlb.ML.Tests.ModelFormat;

public class DamagedModelTests
{
    private readonly MLContext _ml = new(1);

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    [InlineData(500)]
    public void What_is_not_a_zip_is_refused(int size)
    {
        Assert.Throws<FormatException>(() => SavedModel.Load(_ml, new byte[size], out _));
    }

    [Fact]
    public void A_file_that_ends_early_is_refused()
    {
        var file = SingleStage().File;

        Assert.Throws<FormatException>(() => SavedModel.Load(_ml, file[..(file.Length / 2)], out _));
    }

    [Fact]
    public void A_zip_of_something_else_is_refused()
    {
        var file = SingleStage().With((name, content) => name.StartsWith("TransformerChain", StringComparison.Ordinal) ? null : content);

        Assert.Throws<InvalidOperationException>(() => SavedModel.Load(_ml, file, out _));
    }

    [Fact]
    public void A_schema_without_a_model_is_refused()
    {
        var saved = new SavedModel(_ml, new TransformerChain<ITransformer>(), FlowerRow.Load(_ml).Schema);
        var file = saved.With((name, content) => name == "TransformerChain/Model.key" ? null : content);

        Assert.Throws<FormatException>(() => SavedModel.Load(_ml, file, out _));
    }

    [Theory]
    [InlineData(0x00, "signature of the format")]
    [InlineData(0x0E, "version of the format")]
    [InlineData(0x18, "size of the model")]
    [InlineData(0x20, "place of the strings")]
    [InlineData(0x30, "place of the characters")]
    [InlineData(0x40, "signature of the stage")]
    [InlineData(0x4E, "version of the stage")]
    [InlineData(0x52, "name of the loader")]
    [InlineData(0x80, "place of the tail")]
    [InlineData(0x90, "place of the assembly's name")]
    public void A_damaged_header_is_refused(int offset, string what)
    {
        var file = SingleStage().With((name, content) => name == "TransformerChain/Model.key" ? Damage(content, offset) : content);

        var exception = Record.Exception(() => SavedModel.Load(_ml, file, out _));

        // Where the stage itself finds it, reflection stands between.
        Assert.True(exception?.GetBaseException() is FormatException, $"{what}: {exception}");
    }

    [Fact]
    public void A_damaged_tail_is_refused()
    {
        var file = SingleStage().With((name, content) =>
            name == "TransformerChain/Model.key" ? Damage(content, content.Length - 1) : content);

        Assert.Throws<FormatException>(() => SavedModel.Load(_ml, file, out _));
    }

    [Fact]
    public void A_stage_that_leaves_bytes_over_is_refused()
    {
        var saved = SingleStage();
        var file = saved.With((name, content) => name == "TransformerChain/Model.key" ? Grow(content) : content);

        Assert.Throws<FormatException>(() => SavedModel.Load(_ml, file, out _));
    }

    [Fact]
    public void Damage_within_a_chain_is_told_through_the_chain()
    {
        var data = FlowerRow.Load(_ml);
        var saved = new SavedModel(_ml, _ml.Transforms.Conversion.MapValueToKey("Label")
            .Append(_ml.Transforms.LoadImages("Image", "", "ImagePath")).Fit(data));
        var file = saved.With((name, content) =>
            name == "TransformerChain/Transform_001/Model.key" ? Damage(content, 0) : content);

        var exception = Assert.Throws<InvalidOperationException>(() => SavedModel.Load(_ml, file, out _));

        Assert.IsType<FormatException>(exception.GetBaseException());
    }

    [Fact]
    public void A_missing_link_is_refused()
    {
        var data = FlowerRow.Load(_ml);
        var saved = new SavedModel(_ml, _ml.Transforms.Conversion.MapValueToKey("Label")
            .Append(_ml.Transforms.LoadImages("Image", "", "ImagePath")).Fit(data));
        var file = saved.With((name, content) => name == "TransformerChain/Transform_001/Model.key" ? null : content);

        var exception = Record.Exception(() => SavedModel.Load(_ml, file, out _));

        Assert.IsType<FormatException>(exception?.GetBaseException());
    }

    [Fact]
    public void An_assembly_that_is_not_there_is_named()
    {
        var file = SingleStage().With((name, content) => name == "TransformerChain/Model.key"
            ? Replace(content, "Microsoft.ML.ImageAnalytics", "Microsoft.ML.ImageAnalyticz") : content);

        var exception = Assert.Throws<FileNotFoundException>(() => SavedModel.Load(_ml, file, out _));

        Assert.Contains("Microsoft.ML.ImageAnalyticz", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0x00, "signature")]
    [InlineData(0x16, "version")]
    [InlineData(0x20, "place of the tail")]
    [InlineData(0x100, "name of the first column")]
    public void A_damaged_schema_is_refused(int offset, string what)
    {
        var saved = new SavedModel(_ml, new TransformerChain<ITransformer>(), FlowerRow.Load(_ml).Schema);
        var file = saved.With((name, content) => name == "Schema" ? Damage(content, offset) : content);

        Assert.True(Record.Exception(() => SavedModel.Load(_ml, file, out _)) is not null, what);
    }

    private SavedModel SingleStage() => new(_ml, _ml.Transforms.LoadImages("Image", "", "ImagePath").Fit(FlowerRow.Load(_ml)));

    private static byte[] Damage(byte[] content, int offset)
    {
        content[offset] ^= 0x55;
        return content;
    }

    /// <summary>Moves everything behind the model by one byte, with the offsets that point there.</summary>
    private static byte[] Grow(byte[] content)
    {
        var size = BitConverter.ToInt64(content, 0x18);
        byte[] grown = [.. content[..(int)(0x100 + size)], 0, .. content[(int)(0x100 + size)..]];
        foreach (var offset in (int[])[0x18, 0x20, 0x30, 0x80, 0x88, 0x90])
            BitConverter.TryWriteBytes(grown.AsSpan(offset), BitConverter.ToInt64(grown, offset) + 1);
        return grown;
    }

    private static byte[] Replace(byte[] content, string from, string to)
    {
        var at = content.AsSpan().IndexOf(Encoding.Unicode.GetBytes(from));
        Encoding.Unicode.GetBytes(to).CopyTo(content, at);
        return content;
    }
}
