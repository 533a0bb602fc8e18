using static Tlb.ML.Tests.ImageClassifierProgram;

namespace Tlb.ML.Tests;

/// <summary>A command line that can't be understood: one line says what is wrong with it.</summary>
public sealed class WrongUseTests
{
    [Theory]
    [InlineData("", "error: Required command was not provided. '--help' says what there is.")]
    [InlineData("trian", "error: Required command was not provided. Unrecognized command or argument 'trian'. Did you mean 'train'? '--help' says what there is.")]
    [InlineData("score --data x --model y", "error: Option '--output' is required. 'score --help' says what there is.")]
    [InlineData("train --data x --model y --learning-rat=1", "error: Unrecognized command or argument '--learning-rat=1'. Did you mean '--learning-rate'? 'train --help' says what there is.")]
    [InlineData("train --data x --model y --epochs", "error: Required argument missing for option: '--epochs'. 'train --help' says what there is.")]
    [InlineData("predict --model x --image y --entirely-other", "error: Unrecognized command or argument '--entirely-other'. 'predict --help' says what there is.")]
    public void One_line_says_what_is_wrong_and_what_was_meant(string arguments, string line)
    {
        var (status, output) = Run(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(1, status);
        Assert.Equal(line, output.TrimEnd());
    }

    [Fact]
    public void Names_of_parameters_of_the_library_are_no_part_of_an_error()
    {
        using var folder = new TempFolder();
        var (status, output) = Run(["train", "--data", folder.Path, "--model", folder["model.zip"]]);
        Assert.Equal(1, status);
        Assert.Equal($"error: The folder '{folder.Path}' holds no usable images (.jpg, .jpeg, .png, .bmp, .gif, .webp).", output.TrimEnd());
    }
}
