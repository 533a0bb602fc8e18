namespace Microsoft.ML.Runtime;

/// <summary>What a component runs in: channels for messages, and hosts with random sources derived from one seed.</summary>
public interface IHostEnvironment : IChannelProvider, IProgressChannelProvider
{
    IHost Register(string name, int? seed = null, bool? verbose = null);

    ComponentCatalog ComponentCatalog { get; }
}
