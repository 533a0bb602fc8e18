using System.Text.Json.Serialization;

namespace Tlb.Core.Tests;

/// <summary>Options as a user's JSON file has them: camel case, what is not said left out.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(AugmentationOptions))]
[JsonSerializable(typeof(LearningRateSchedule))]
[JsonSerializable(typeof(EarlyStopping))]
[JsonSerializable(typeof(EarlyStoppingState))]
internal sealed partial class OptionsJson : JsonSerializerContext;
