"""Saves the weights of the Keras example "When Recurrence meets Transformers" for Tlb.ML, as a safetensors file.

    import tlb_weights
    tlb_weights.save(model.weights, "weights.safetensors")      # model: the example's, built or trained
"""
import json
import re

PARTS = [                                                       # of a Keras path, and what Tlb.ML calls them
    (r"^patch_embedding(_\d+)?/position_embedding/embeddings$", "patch.position_embedding"),
    (r"^patch_embedding(_\d+)?/", "patch."), (r"^rnn/custom_recurrent_cell(_\d+)?/", ""), (r"^tlb_cross_attn_ffn/", "tlb."),
    (r"base_attn/", "fast."), (r"mha/", ""), (r"attention_output/", "output."), (r"ffn/ffn/", "ffn."), (r"layernorm/", "ln."), (r"/", "."),
]


def names(paths):
    """The names for all paths, in their order: a block's fast attention comes before its slow one, and its first dense layer before its second."""
    blocks, dense, used = [], [], set()
    for path in paths:
        name = path.split("/", 1)[1]                            # without the model's own name
        for pattern, replacement in PARTS:
            name = re.sub(pattern, replacement, name)
        if (block := re.match(r"pm_[^.]+", name)) is not None:
            blocks += [block[0]] if block[0] not in blocks else []
            name = name.replace(block[0], f"pm.{blocks.index(block[0])}", 1)
        if (layer := re.search(r"(.*\.ffn\.)dense(_\d+)?\.", name)) is not None:
            dense += [layer[0]] if layer[0] not in dense else []
            number = [each.startswith(layer[1]) for each in dense[:dense.index(layer[0]) + 1]].count(True)
            name = name.replace(layer[0], f"{layer[1]}dense{number}.")
        name = name.replace(".fast.", ".slow.") if name in used else name
        used.add(name)
        yield name


def save(weights, file):
    header, values, place = {}, [], 0
    for weight, name in zip(weights, names([weight.path for weight in weights])):
        array = weight.numpy().astype("<f4")
        data = array.tobytes()
        header[name] = {"dtype": "F32", "shape": list(array.shape), "data_offsets": [place, place + len(data)]}
        values.append(data)
        place += len(data)
    text = json.dumps(header).encode()
    with open(file, "wb") as output:
        output.write(len(text).to_bytes(8, "little") + text + b"".join(values))
