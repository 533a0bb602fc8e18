using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tlb.ML;

/// <summary>The JSON form of <see cref="TlbTrainer.Options"/>: names as in C# with a small first letter, enums by name.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true, IgnoreReadOnlyProperties = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(TlbTrainer.Options), TypeInfoPropertyName = "TrainerOptions")]
internal sealed partial class TrainerOptionsJson : JsonSerializerContext;
