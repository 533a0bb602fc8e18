#!/usr/bin/env python3
"""The same network in PyTorch, to be timed beside ours.

usage: tlb_peer.py WEIGHTS.safetensors IMAGES.f32 LABELS.i64 BATCH THREADS [DEVICE]
Reads commands from standard input, a line each, and answers each with a line of JSON:
  train bmm|mulsum [PRECISION]   a training step with dropout 0.2 (forward, backward, AdamW)
  small bmm|mulsum SIZE          the same images in steps of SIZE without dropout
  infer bmm|mulsum [PRECISION]   eager scoring of the batch
     PRECISION: Float32 (the default), TensorFloat32, BFloat16 or Float16 (autocast; in training with a loss scale)
  trace bmm|mulsum   scoring of the batch with the traced and frozen network
  one bmm|mulsum     eager scoring of the first image alone, several times
  check              the probabilities of the batch, and the mean loss
  matmul             a product of two 1024 x 1024 matrices, several times
"""
import contextlib, json, math, struct, sys, time
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F


def read_safetensors(path):
    raw = open(path, "rb").read()
    length = struct.unpack("<Q", raw[:8])[0]
    header = json.loads(raw[8:8 + length])
    meta = header.pop("__metadata__", {})
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        values = np.frombuffer(raw[8 + length + begin:8 + length + end], np.float32)
        tensors[name] = torch.from_numpy(values.reshape(entry["shape"]).copy())
    return tensors, meta


class Dense(nn.Module):
    def __init__(self, weights, name, inputs):
        super().__init__()
        self.kernel = nn.Parameter(weights[name + ".kernel"].reshape(inputs, -1).clone())
        self.bias = nn.Parameter(weights[name + ".bias"].reshape(-1).clone())

    def forward(self, x):
        return F.linear(x, self.kernel.t(), self.bias)


class Kernels(nn.Module):
    """Products without bias, side by side in one."""

    def __init__(self, weights, *names):
        super().__init__()
        self.kernel = nn.Parameter(torch.cat([weights[name + ".kernel"] for name in names], 1))

    def forward(self, x):
        return F.linear(x, self.kernel.t())


class Norm(nn.Module):
    def __init__(self, weights, name):
        super().__init__()
        self.gamma = nn.Parameter(weights[name + ".gamma"].clone())
        self.beta = nn.Parameter(weights[name + ".beta"].clone())

    def forward(self, x):
        return F.layer_norm(x, (x.shape[-1],), self.gamma, self.beta, 1e-5)


class Attention(nn.Module):
    def __init__(self, weights, name, d, heads, drop, form):
        super().__init__()
        self.q_ln, self.k_ln, self.v_ln = (Norm(weights, f"{name}.{n}") for n in ("q_ln", "k_ln", "v_ln"))
        self.query, self.key, self.value = (Dense(weights, f"{name}.{n}", d) for n in ("query", "key", "value"))
        self.output = Dense(weights, name + ".output", heads * d)
        self.d, self.heads, self.drop, self.form = d, heads, drop, form

    def forward(self, query, context):
        b, t, s, h, d = query.shape[0], query.shape[1], context.shape[1], self.heads, self.d
        q = self.query(self.q_ln(query)) * (1 / math.sqrt(d))
        k = self.key(self.k_ln(context))
        v = self.value(self.v_ln(context))
        if self.form == "mulsum":                      # no matrix-product loop over images
            q, k, v = q.view(b, t, 1, h, d), k.view(b, 1, s, h, d), v.view(b, 1, s, h, d)
            p = F.dropout(torch.softmax((q * k).sum(-1), 2), self.drop, self.training)
            read = (p.unsqueeze(-1) * v).sum(2).reshape(b, t, h * d)
        else:
            q, k, v = (x.view(b, -1, h, d).transpose(1, 2) for x in (q, k, v))
            p = F.dropout(torch.softmax(torch.matmul(q, k.transpose(2, 3)), -1), self.drop, self.training)
            read = torch.matmul(p, v).transpose(1, 2).reshape(b, t, h * d)
        return query + self.output(read)


class Block(nn.Module):
    def __init__(self, weights, name, d, heads, drop, form, slow):
        super().__init__()
        self.fast = Attention(weights, name + ".fast", d, heads, drop, form)
        self.slow = Attention(weights, name + ".slow", d, heads, drop, form) if slow else None
        self.norm = Norm(weights, name + ".ffn.ln")
        self.widen, self.narrow = Dense(weights, name + ".ffn.dense1", d), Dense(weights, name + ".ffn.dense2", 4 * d)
        self.drop = drop

    def feed_forward(self, x):
        return x + F.dropout(self.narrow(F.gelu(self.widen(self.norm(x)))), self.drop, self.training)


class Network(nn.Module):
    def __init__(self, weights, config, drop, form):
        super().__init__()
        self.size, self.patch, self.d = config["ImageSize"], config["PatchSize"], config["EmbeddingDimension"]
        self.chunk, heads, r, layers = config["ChunkSize"], config["NumberOfHeads"], config["R"], config["NumberOfLayers"]
        count = layers + (layers + r - 1) // r
        self.projection = Dense(weights, "patch.projection", self.patch * self.patch * 3)
        self.positions = nn.Parameter(weights["patch.position_embedding"].clone())
        self.norm = Norm(weights, "patch.ln")
        self.blocks = nn.ModuleList([Block(weights, f"pm.{i}", self.d, heads, drop, form, i % r == 0) for i in range(count)])
        self.bottleneck = Block(weights, "tlb", self.d, heads, drop, form, False)
        self.head = Dense(weights, "head", self.d)

    def forward(self, images):
        b, p, n = images.shape[0], self.patch, self.size // self.patch
        x = images.reshape(b, n, p, n, p, 3).permute(0, 1, 3, 2, 4, 5).reshape(b, n * n, p * p * 3)
        chunks = self.norm(self.projection(x) + self.positions).view(b, n * n // self.chunk, self.chunk, self.d).unbind(1)
        state = images.new_zeros(b, self.chunk, self.d)
        for chunk in chunks:
            fast = chunk
            for block in self.blocks:
                fast = block.feed_forward(block.fast(fast, fast))
                if block.slow is not None:
                    fast = block.feed_forward(block.slow(fast, state))
            state = self.bottleneck.feed_forward(self.bottleneck.fast(state, fast))
        return torch.softmax(self.head(fast.mean(1)), -1)


class Heads(nn.Module):
    """The paper's attention: heads share a token's width; what is multiplied with the same tokens is one product, as in nn.MultiheadAttention."""

    def __init__(self, weights, name, heads, drop, form, own):
        super().__init__()
        query, *key_value = (f"{name}.{n}" for n in ("query", "key", "value"))
        if own:
            self.norm, self.packed = Norm(weights, name + ".ln"), Kernels(weights, query, *key_value)
        else:
            self.q_ln, self.kv_ln = Norm(weights, name + ".q_ln"), Norm(weights, name + ".kv_ln")
            self.query, self.key_value = Kernels(weights, query), Kernels(weights, *key_value)
        self.output = Kernels(weights, name + ".output")
        self.heads, self.drop, self.form, self.own = heads, drop, form, own
        self.d = self.output.kernel.shape[1]

    def forward(self, x, context):
        b, t, d = x.shape[0], x.shape[1], self.d
        if self.own:
            q, k, v = self.packed(self.norm(x)).chunk(3, -1)
        else:
            q, (k, v) = self.query(self.q_ln(x)), self.key_value(self.kv_ln(context)).chunk(2, -1)
        s, h, w = k.shape[1], self.heads, d // self.heads
        q = q * (1 / math.sqrt(w))
        if self.form == "mulsum":                      # no matrix-product loop over images and heads
            q, k, v = q.reshape(b, t, 1, h, w), k.reshape(b, 1, s, h, w), v.reshape(b, 1, s, h, w)
            p = F.dropout(torch.softmax((q * k).sum(-1), 2), self.drop, self.training)
            read = (p.unsqueeze(-1) * v).sum(2).reshape(b, t, d)
        else:
            q, k, v = (y.reshape(b, -1, h, w).transpose(1, 2) for y in (q, k, v))
            p = F.dropout(torch.softmax(torch.matmul(q, k.transpose(2, 3)), -1), self.drop, self.training)
            read = torch.matmul(p, v).transpose(1, 2).reshape(b, t, d)
        return x + self.output(read)


class PaperBlock(nn.Module):
    def __init__(self, weights, name, config, drop, form, own):
        super().__init__()
        d = config["EmbeddingDimension"]
        self.attention = Heads(weights, f"{name}.{'self' if own else 'cross'}", config["NumberOfHeads"], drop, form, own)
        self.norm = Norm(weights, name + ".ffn.ln")
        self.widen = Dense(weights, name + ".ffn.dense1", d)
        self.narrow = Dense(weights, name + ".ffn.dense2", config["FeedForwardExpansion"] * d)
        self.drop = drop

    def forward(self, x, other):
        x = self.attention(x, other)
        return x + F.dropout(self.narrow(F.gelu(self.widen(self.norm(x)))), self.drop, self.training)


class PaperNetwork(nn.Module):
    """The paper's form with the parts that TlbConfig.Base has."""

    def __init__(self, weights, config, drop, form):
        super().__init__()
        parts = {"Tokenizer": "Convolutions", "Positions": "Learned", "StateKind": "Learned", "ChunkOrder": "Strips", "ReadOut": "Both"}
        if any(config[name] != value for name, value in parts.items()):
            raise NotImplementedError(f"the network here has {parts}")
        self.chunk, self.pooling = config["ChunkSize"], config["ConvolutionPooling"]
        self.convolutions = nn.ModuleList()
        pairs, singles = config["ConvolutionPairs"], config["ConvolutionLayers"] - config["ConvolutionPairs"]
        self.pools = [True] * singles + [False, True] * pairs
        for i in range(len(self.pools)):
            kernel = weights[f"tokenizer.{i}.kernel"].permute(3, 2, 0, 1)
            layer = nn.Conv2d(kernel.shape[1], kernel.shape[0], kernel.shape[2], padding=kernel.shape[2] // 2)
            layer.weight, layer.bias = nn.Parameter(kernel.contiguous()), nn.Parameter(weights[f"tokenizer.{i}.bias"].clone())
            self.convolutions.append(layer)
        self.positions = nn.Parameter(weights["patch.position_embedding"].clone())
        self.start = nn.Parameter(weights["state.start"].clone())
        own = [i % (config["R"] + 1) != config["R"] for i in range(config["NumberOfLayers"])]
        self.blocks = nn.ModuleList([PaperBlock(weights, f"pm.{i}", config, drop, form, own[i]) for i in range(len(own))])
        self.bottleneck = PaperBlock(weights, "tlb", config, drop, form, False)
        self.pool_norm, self.score, self.state_norm = Norm(weights, "pool.ln"), Kernels(weights, "pool.score"), Norm(weights, "state.ln")
        self.head = Dense(weights, "head", 2 * config["EmbeddingDimension"])

    def forward(self, images):
        x = images.permute(0, 3, 1, 2)                 # channels last, as libtorch has them fastest
        for layer, pools in zip(self.convolutions, self.pools):
            x = F.relu(layer(x))
            if pools:
                x = F.max_pool2d(x, self.pooling, 2, (self.pooling - 1) // 2, ceil_mode=self.pooling == 2)
        tokens = x.flatten(2).transpose(1, 2) + self.positions
        state, read = self.start.expand(images.shape[0], -1, -1), []
        for fast in tokens.split(self.chunk, 1):
            for block in self.blocks:
                fast = block(fast, state)
            state = self.bottleneck(state, fast)
            read.append(fast)
        tokens = self.pool_norm(torch.cat(read, 1))
        pooled = torch.matmul(torch.softmax(self.score(tokens), 1).transpose(1, 2), tokens).squeeze(1)
        return torch.softmax(self.head(torch.cat([pooled, self.state_norm(state).mean(1)], 1)), -1)


def network_of(weights, config, drop, form):
    return (PaperNetwork if config.get("Form") == "Paper" else Network)(weights, config, drop, form)


def loss_of(probabilities, labels):
    p = (probabilities / probabilities.sum(-1, keepdim=True)).clamp(1e-7, 1 - 1e-7)
    return -torch.log(p.gather(1, labels.view(-1, 1))).mean()


class AdamW:
    """Keras's: decay first and on all weights, epsilon outside the bias correction."""

    def __init__(self, parameters, rate, decay):
        self.p = list(parameters)
        self.m = [torch.zeros_like(p) for p in self.p]
        self.v = [torch.zeros_like(p) for p in self.p]
        self.rate, self.decay, self.t = rate, decay, 0

    @torch.no_grad()
    def step(self):
        self.t += 1
        alpha = self.rate * math.sqrt(1 - 0.999 ** self.t) / (1 - 0.9 ** self.t)
        g = [p.grad for p in self.p]
        torch._foreach_mul_(self.p, 1 - self.rate * self.decay)
        torch._foreach_mul_(self.m, 0.9)
        torch._foreach_add_(self.m, g, alpha=0.1)
        torch._foreach_mul_(self.v, 0.999)
        torch._foreach_addcmul_(self.v, g, g, 0.001)
        root = torch._foreach_sqrt(self.v)
        torch._foreach_add_(root, 1e-7)
        torch._foreach_addcdiv_(self.p, self.m, root, -alpha)
        for p in self.p:
            p.grad = None


def main():
    weights_file, images_file, labels_file, batch, threads = sys.argv[1:6]
    device = torch.device(sys.argv[6] if len(sys.argv) > 6 else "cpu")
    torch.set_num_threads(int(threads))
    weights, meta = read_safetensors(weights_file)
    weights = {name: tensor.to(device) for name, tensor in weights.items()}
    config = json.loads(meta["config"])
    size = config["ImageSize"]
    images = torch.from_numpy(np.fromfile(images_file, np.float32).reshape(int(batch), size, size, 3)).to(device)
    labels = torch.from_numpy(np.fromfile(labels_file, np.int64)).to(device)
    networks, trainers, traced = {}, {}, {}

    def scorer(form):
        if form not in networks:
            networks[form] = network_of(weights, config, 0.0, form).to(device).eval()
        return networks[form]

    def timed(work, times=1):
        seconds = []
        for _ in range(times):
            began = time.perf_counter()
            work()
            if device.type == "cuda":
                torch.cuda.synchronize(device)
            seconds.append(time.perf_counter() - began)
        return seconds

    def computing(precision):
        torch.backends.cuda.matmul.allow_tf32 = precision == "TensorFloat32"
        types = {"BFloat16": torch.bfloat16, "Float16": torch.float16}
        return torch.autocast(device.type, types[precision]) if precision in types else contextlib.nullcontext()

    def train(form, precision, part=int(batch), drop=0.2):
        if (form, precision, drop) not in trainers:
            network = network_of(weights, config, drop, form).to(device).train()
            scaler = torch.amp.GradScaler(device.type) if precision == "Float16" else None
            trainers[form, precision, drop] = (network, AdamW(network.parameters(), 1e-3, 1e-4), scaler)
        network, optimizer, scaler = trainers[form, precision, drop]

        def step(images, labels):
            with computing(precision):
                loss = loss_of(network(images).float(), labels)
            if scaler is None:
                loss.backward()
                optimizer.step()
            else:
                scaler.scale(loss).backward()
                optimizer.param_groups = [{"params": optimizer.p}]
                scaler.step(optimizer)
                scaler.update()
        return timed(lambda: [step(*each) for each in zip(images.split(part), labels.split(part))])

    def infer(form, precision):
        with computing(precision):
            return scorer(form)(images)

    def trace(form):
        if form not in traced:
            traced[form] = torch.jit.freeze(torch.jit.trace(scorer(form), images, check_trace=False))
        return timed(lambda: traced[form](images))

    a, b = torch.rand(1024, 1024), torch.rand(1024, 1024)
    for line in sys.stdin:
        command, *rest = line.split()
        form = rest[0] if rest else "mulsum"
        precision = rest[1] if len(rest) > 1 else "Float32"
        answer = {}
        if command == "train":
            answer["seconds"] = train(form, precision)
        elif command == "small":
            answer["seconds"] = train(form, "Float32", part=int(rest[1]), drop=0.0)
        else:
            with torch.no_grad():
                if command == "infer":
                    answer["seconds"] = timed(lambda: infer(form, precision))
                elif command == "trace":
                    answer["seconds"] = trace(form)
                elif command == "one":
                    answer["seconds"] = timed(lambda: scorer(form)(images[:1]), 10)
                elif command == "matmul":
                    answer["seconds"] = timed(lambda: torch.mm(a, b), 10)
                elif command == "check":
                    probabilities = scorer(form)(images)
                    answer = {"probabilities": probabilities.flatten().tolist(), "loss": loss_of(probabilities, labels).item(), "version": torch.__version__}
        print(json.dumps(answer), flush=True)


main()
