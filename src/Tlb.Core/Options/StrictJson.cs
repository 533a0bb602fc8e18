using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Tlb.Core;

/// <summary>Reads options from JSON, and refuses names that it does not know: a misspelt option must not be left out in silence.</summary>
internal static class StrictJson
{
    private static readonly JsonDocumentOptions Lenient = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, AllowDuplicateProperties = false };

    /// <summary>Reads an object. Members that are not given keep their defaults, within objects too.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="json">The JSON text; comments and trailing commas are allowed.</param>
    /// <param name="type">The members it may have.</param>
    /// <param name="defaults">The values of members that are not given.</param>
    /// <exception cref="FormatException">The text is no JSON, has a member twice, one that is not known (the message names all, and what was probably meant) or a value that doesn't fit.</exception>
    public static T Read<T>(string json, JsonTypeInfo<T> type, T defaults) where T : class
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(type);
        try
        {
            if (JsonNode.Parse(json, documentOptions: Lenient) is not JsonObject given)
                throw new FormatException("The JSON is not an object: it has to be of the form { \"name\": value, ... }.");
            var problems = new List<string>();
            Check(given, type, "", problems);
            if (problems.Count > 0)
                throw new FormatException(string.Join(" ", problems));
            var all = (JsonObject)JsonSerializer.SerializeToNode(defaults, type)!;
            Merge(given, all);
            return all.Deserialize(type)!;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or NotSupportedException or ArgumentException)
        {
            throw new FormatException(e is JsonException { Path: { Length: > 2 } path } ? $"'{path[2..]}' has a value that does not fit: {e.Message}" : e.Message, e);
        }
    }

    /// <summary>Whether an object has a member.</summary>
    public static bool Has(string json, string name)
    {
        using var document = JsonDocument.Parse(json, Lenient);
        return document.RootElement.TryGetProperty(name, out _);
    }

    private static void Check(JsonObject given, JsonTypeInfo type, string path, List<string> problems)
    {
        var properties = type.Properties.ToDictionary(property => property.Name, StringComparer.Ordinal);
        foreach (var (name, value) in given)
        {
            if (!properties.TryGetValue(name, out var property))
                problems.Add($"There is no option '{path}{name}'; " +
                    (NearestName.Find(name, properties.Keys) is { } near ? $"did you mean '{path}{near}'?" : $"there are {string.Join(", ", properties.Keys.Order())}."));
            else if (value is null && !MayBeNull(property))
                problems.Add($"'{path}{name}' is null; leave it out for its default.");
            else if (value is JsonObject inner && type.Options.GetTypeInfo(property.PropertyType) is { Kind: JsonTypeInfoKind.Object } innerType)
                Check(inner, innerType, $"{path}{name}.", problems);
        }
    }

    private static bool MayBeNull(JsonPropertyInfo property) =>
        property.PropertyType.IsValueType ? Nullable.GetUnderlyingType(property.PropertyType) is not null : property.IsSetNullable;

    private static void Merge(JsonObject given, JsonObject all)
    {
        foreach (var (name, value) in given)
        {
            if (value is JsonObject inner && all[name] is JsonObject existing)
                Merge(inner, existing);
            else
                all[name] = value?.DeepClone();
        }
    }
}
