namespace TorchSharp.Utils;

#nullable disable

/// <summary>The name that a field's value has among its module's components, where it is not the field's own.</summary>
public class ComponentNameAttribute : Attribute
{
    public string Name { get; set; }
}
