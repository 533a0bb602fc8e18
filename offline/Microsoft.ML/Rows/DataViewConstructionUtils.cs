using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

internal static class DataViewConstructionUtils
{
    /// <summary>The members of <typeparamref name="TRow"/> with the types and annotations of a schema's columns.</summary>
    public static SchemaDefinition GetSchemaDefinition<TRow>(IHostEnvironment env, DataViewSchema schema)
    {
        var definition = SchemaDefinition.Create(typeof(TRow), SchemaDefinition.Direction.Read);
        foreach (var column in schema)
        {
            var member = definition[column.Name] ?? throw env.Except($"Type should contain a member named {column.Name}");
            member.ColumnType = column.Type;
            foreach (var annotation in column.Annotations.Schema)
                member.SetAnnotation(annotation, column.Annotations.GetGetterInternal(annotation.Index));
        }
        return definition;
    }
}
