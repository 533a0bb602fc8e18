namespace Tlb.ML;

/// <summary>A device in JSON: its text.</summary>
internal sealed class ComputeDeviceJson() : TextJson<ComputeDevice>(ComputeDevice.Parse);
