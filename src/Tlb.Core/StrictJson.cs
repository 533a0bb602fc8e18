using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Tlb.Core;

/// <summary>Reads options from JSON, and refuses names that it does not know: a misspelt option must not be left out in silence.</summary>
public static class StrictJson
{
    /// <summary>Reads an object.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="json">The JSON text; comments and trailing commas are allowed.</param>
    /// <param name="type">The members it may have.</param>
    /// <exception cref="FormatException">The text is no JSON, has a member that is not known (the message names all, and what was probably meant) or a value that doesn't fit.</exception>
    public static T Read<T>(string json, JsonTypeInfo<T> type) where T : class
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(type);
        try
        {
            using var document = JsonDocument.Parse(json, new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
            var problems = new List<string>();
            Check(document.RootElement, type, "", problems);
            if (problems.Count > 0)
                throw new FormatException(string.Join(" ", problems));
            return document.Deserialize(type) ?? throw new FormatException("The JSON is null; expected an object.");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or NotSupportedException)
        {
            throw new FormatException(e is JsonException { Path: { Length: > 2 } path } ? $"'{path[2..]}' has a value that does not fit: {e.Message}" : e.Message, e);
        }
    }

    private static void Check(JsonElement element, JsonTypeInfo type, string path, List<string> problems)
    {
        if (element.ValueKind != JsonValueKind.Object || type.Kind != JsonTypeInfoKind.Object)
            return;                                                          // of another type: the reading itself says so
        var properties = type.Properties.ToDictionary(property => property.Name, StringComparer.Ordinal);
        foreach (var member in element.EnumerateObject())
        {
            if (properties.TryGetValue(member.Name, out var property))
                Check(member.Value, type.Options.GetTypeInfo(Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType), $"{path}{member.Name}.", problems);
            else
                problems.Add($"There is no option '{path}{member.Name}'; " +
                    (NearestName.Find(member.Name, properties.Keys) is { } near ? $"did you mean '{path}{near}'?" : $"there are {string.Join(", ", properties.Keys.Order())}."));
        }
    }
}
