using System.Globalization;

namespace Tlb.Examples.Service;

/// <summary>The settings: <c>--model flowers.zip</c> on the command line, or <c>Model=flowers.zip</c> in the environment, and so on.</summary>
internal sealed class ServiceOptions
{
    /// <summary>The model file. It is watched: when it is replaced, the new one is used from then on.</summary>
    public string Model { get; set; } = "";

    /// <summary>The most bytes of a posted image; one with more is refused (413). Default 10,000,000.</summary>
    public long MaximumBytes { get; set; } = 10_000_000;

    /// <summary>The most pixels of a posted image, which take four bytes each while it is scored; one with more is refused (400). Default 25,000,000.</summary>
    public int MaximumPixels { get; set; } = 25_000_000;

    /// <summary>The most requests at a time, each with its image in memory; further ones are told to come again (503). Default 256.</summary>
    public int MaximumRequests { get; set; } = 256;

    /// <summary>The images that are decoded and scored at a time. Default the number of processors.</summary>
    public int Workers { get; set; } = Environment.ProcessorCount;

    /// <summary>The seconds that a request may take, with its upload and its wait for a worker; else it ends (503). Default 30.</summary>
    public int RequestSeconds { get; set; } = 30;

    /// <summary>Checks all values.</summary>
    /// <exception cref="ArgumentException">Some are wrong; the message lists them.</exception>
    public void Validate()
    {
        var problems = new List<string>();
        if (Model.Length == 0)
            problems.Add("--model is missing; expected the path of a model file");
        foreach (var (name, value) in new (string, long)[] { ("maximumBytes", MaximumBytes), ("maximumPixels", MaximumPixels), ("maximumRequests", MaximumRequests), ("workers", Workers), ("requestSeconds", RequestSeconds) })
            if (value < 1)
                problems.Add(string.Create(CultureInfo.InvariantCulture, $"--{name} is {value}; expected 1 or more"));
        if (problems.Count > 0)
            throw new ArgumentException($"{string.Join("; ", problems)}.");
    }
}
