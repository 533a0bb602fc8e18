using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tlb.Core;

/// <summary>What has a text, in JSON: its text.</summary>
/// <param name="parse">Reads the text; throws a <see cref="FormatException"/> that says what is wrong with it.</param>
internal abstract class TextJson<T>(Func<string, T> parse) : JsonConverter<T> where T : struct
{
    public sealed override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        try
        {
            return parse(reader.GetString() ?? "");
        }
        catch (FormatException e)
        {
            throw new JsonException(e.Message, e);
        }
    }

    public sealed override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
