namespace Tlb.Core;

/// <summary>The type of a pixel's values.</summary>
public enum PixelType
{
    /// <summary>Whole numbers from 0 to 255, one byte each.</summary>
    Byte,

    /// <summary>32-bit floats.</summary>
    Single,
}
