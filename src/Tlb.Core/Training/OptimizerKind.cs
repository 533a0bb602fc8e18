using System.Text.Json.Serialization;

namespace Tlb.Core;

/// <summary>What makes steps of gradients. Written in JSON by name; read in any case ("muon").</summary>
[JsonConverter(typeof(JsonStringEnumConverter<OptimizerKind>))]
public enum OptimizerKind
{
    /// <summary>AdamW, as Keras defines it (Loshchilov and Hutter, 2019).</summary>
    AdamW,

    /// <summary>
    /// Muon (Jordan et al., 2024) for the matrices inside the network: the step is the momentum of the gradient made orthogonal, as large as
    /// one of AdamW (Liu et al., 2025), so that both take one learning rate. AdamW for the classifier and for all that is no matrix. PyTorch:
    /// <c>torch.optim.Muon</c> with <c>adjust_lr_fn="match_rms_adamw"</c>.
    /// </summary>
    Muon,
}
