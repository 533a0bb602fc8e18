using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tlb.Core;

/// <summary>A colour in JSON: its text.</summary>
internal sealed class RgbColorJson : JsonConverter<RgbColor>
{
    public override RgbColor Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        try
        {
            return RgbColor.Parse(reader.GetString() ?? "");
        }
        catch (FormatException e)
        {
            throw new JsonException(e.Message, e);
        }
    }

    public override void Write(Utf8JsonWriter writer, RgbColor value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
