using System.Globalization;

namespace Tlb.Core;

/// <summary>How much working memory a network may take: what it takes beside its weights and the images, for as many at once as the machine has cores for.</summary>
internal static class WorkLimit
{
    /// <summary>What a network may take where nothing is said, in bytes: 4 GB.</summary>
    public const long Default = 4L << 30;

    private const double MuchLess = 0.8;

    /// <summary>Checks that work fits, before any memory is taken for it.</summary>
    /// <param name="limit">The most bytes.</param>
    /// <param name="config">The network.</param>
    /// <param name="work">What takes the memory, such as "Scoring an image".</param>
    /// <param name="bytes">Says how much it takes for a network.</param>
    /// <exception cref="InvalidOperationException">It takes more; the message says how much, and which sizes to lower.</exception>
    public static void ThrowIfOver(long limit, TlbConfig config, string work, Func<TlbConfig, long> bytes)
    {
        var needed = bytes(config);
        if (needed <= limit)
            return;
        (string Name, TlbConfig Halved)[] members =
        [
            (nameof(TlbConfig.ImageSize), config with { ImageSize = Half(config.ImageSize) }),
            (nameof(TlbConfig.EmbeddingDimension), config with { EmbeddingDimension = Half(config.EmbeddingDimension) }),
            (nameof(TlbConfig.ChunkSize), config with { ChunkSize = Half(config.ChunkSize) }),
            (nameof(TlbConfig.NumberOfStates), config with { NumberOfStates = Half(config.NumberOfStates) }),
            (nameof(TlbConfig.ConvolutionChannels), config with { ConvolutionChannels = Half(config.ConvolutionChannels) }),
            (nameof(TlbConfig.FeedForwardExpansion), config with { FeedForwardExpansion = Half(config.FeedForwardExpansion) }),
            (nameof(TlbConfig.NumberOfHeads), config with { NumberOfHeads = Half(config.NumberOfHeads) }),
            (nameof(TlbConfig.NumberOfLayers), config with { NumberOfLayers = Half(config.NumberOfLayers) }),
            (nameof(TlbConfig.NumberOfClasses), config with { NumberOfClasses = Half(config.NumberOfClasses) }),
        ];
        var lower = members.Where(member => bytes(member.Halved) <= MuchLess * needed).Select(member => member.Name).ToList();
        throw new InvalidOperationException(string.Create(
            CultureInfo.InvariantCulture,
            $"{work} takes {needed:N0} bytes of working memory; WorkMemory allows {limit:N0}. {(lower.Count > 0 ? $"Lower {string.Join(" or ", lower)}, or raise" : "Raise")} WorkMemory."));

        static int Half(int size) => Math.Max(1, size / 2);
    }
}
