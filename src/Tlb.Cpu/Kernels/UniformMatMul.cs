using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Tlb.Cpu;

/// <summary>A matrix product for a column whose lanes are all the same: done once, with lanes that are outputs, and spread over the lanes.</summary>
internal static unsafe class UniformMatMul
{
    /// <summary>y = W x + b, or y += W x + b.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="x">[inputs][lanes], the same in all lanes.</param>
    /// <param name="y">[outputs][lanes], the same in all lanes.</param>
    /// <param name="add">Whether to add to y.</param>
    /// <remarks>Inputs are added up in <see cref="MatMul"/>'s order: an image scored alone gets the bits it gets in a batch.</remarks>
    public static void Forward<L>(Linear layer, float* x, float* y, bool add) where L : unmanaged, ILanes<L>
    {
        const int many = 8;
        var outputs = stackalloc float[many * PackedMatrix.Panel];
        float* weights = layer.Matrix.Values, bias = layer.Bias;
        var panel = layer.Inputs * PackedMatrix.Panel;
        for (int panels = layer.Matrix.PaddedOutputs / PackedMatrix.Panel, count; panels > 0; panels -= count)
        {
            count = panels >= many ? many : 1;
            if (count == many)
                EightPanels<L>(weights, bias, layer.Inputs, x, outputs);
            else
                OnePanel<L>(weights, bias, layer.Inputs, x, outputs);
            weights += count * panel;
            bias += count * PackedMatrix.Panel;
            for (var i = 0; i < count * PackedMatrix.Panel; i++, y += L.Count)
                L.Store(add ? L.Load(y) + L.All(outputs[i]) : L.All(outputs[i]), y);
        }
    }

    /// <summary>Eight sums under way, where one after the other would wait for itself.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void EightPanels<L>(float* weights, float* bias, int inputs, float* x, float* outputs) where L : unmanaged, ILanes<L>
    {
        var panel = inputs * PackedMatrix.Panel;
        float* w0 = weights, w2 = weights + 2 * panel, w4 = weights + 4 * panel, w6 = weights + 6 * panel;
        Vector256<float> a0 = Vector256.Load(bias), a1 = Vector256.Load(bias + 8), a2 = Vector256.Load(bias + 16), a3 = Vector256.Load(bias + 24);
        Vector256<float> a4 = Vector256.Load(bias + 32), a5 = Vector256.Load(bias + 40), a6 = Vector256.Load(bias + 48), a7 = Vector256.Load(bias + 56);
        for (var k = 0; k < inputs; k++, w0 += 8, w2 += 8, w4 += 8, w6 += 8)
        {
            var f = Vector256.Create(x[k * L.Count]);
            a0 = Vector256.MultiplyAddEstimate(Vector256.Load(w0), f, a0);
            a1 = Vector256.MultiplyAddEstimate(Vector256.Load(w0 + panel), f, a1);
            a2 = Vector256.MultiplyAddEstimate(Vector256.Load(w2), f, a2);
            a3 = Vector256.MultiplyAddEstimate(Vector256.Load(w2 + panel), f, a3);
            a4 = Vector256.MultiplyAddEstimate(Vector256.Load(w4), f, a4);
            a5 = Vector256.MultiplyAddEstimate(Vector256.Load(w4 + panel), f, a5);
            a6 = Vector256.MultiplyAddEstimate(Vector256.Load(w6), f, a6);
            a7 = Vector256.MultiplyAddEstimate(Vector256.Load(w6 + panel), f, a7);
        }
        a0.Store(outputs); a1.Store(outputs + 8); a2.Store(outputs + 16); a3.Store(outputs + 24);
        a4.Store(outputs + 32); a5.Store(outputs + 40); a6.Store(outputs + 48); a7.Store(outputs + 56);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OnePanel<L>(float* weights, float* bias, int inputs, float* x, float* outputs) where L : unmanaged, ILanes<L>
    {
        var a = Vector256.Load(bias);
        for (var k = 0; k < inputs; k++, weights += PackedMatrix.Panel)
            a = Vector256.MultiplyAddEstimate(Vector256.Load(weights), Vector256.Create(x[k * L.Count]), a);
        a.Store(outputs);
    }
}
