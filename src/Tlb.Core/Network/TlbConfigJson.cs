using System.Text.Json.Serialization;

namespace Tlb.Core;

/// <summary>The JSON form of the configuration. Unknown members are refused: they would change what the network computes.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, IgnoreReadOnlyProperties = true, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(TlbConfig))]
internal sealed partial class TlbConfigJson : JsonSerializerContext;
