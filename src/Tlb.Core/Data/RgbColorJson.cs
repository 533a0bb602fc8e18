namespace Tlb.Core;

/// <summary>A colour in JSON: its text.</summary>
internal sealed class RgbColorJson() : TextJson<RgbColor>(RgbColor.Parse);
