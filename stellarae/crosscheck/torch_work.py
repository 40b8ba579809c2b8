"""ae1d.py at work, turn by turn (see turns.py): python torch_work.py step|encode VARIANT DEVICE BATCH

Also product VARIANT DEVICE ROWS, of square matrices, and copy VARIANT DEVICE MEGABYTES.

Variants: eager, compile; on a graphics card also tf32, bf16 (autocast), bf16-compile, channels-last.
"""

import sys

import torch
from torch.nn import functional as F

import ae1d
import turns


class ChannelsLast(ae1d.AE1d):
    """The same network with its convolutions in two dimensions, one of them 1, and channels last in memory."""

    @staticmethod
    def apply_2d(f, h, layer, **options):
        weight = layer.weight.unsqueeze(2).contiguous(memory_format=torch.channels_last)
        return f(h, weight, layer.bias, stride=(1, layer.stride[0]), padding=(0, layer.padding[0]), **options)

    def features(self, x):
        h = x[:, None, None, :].contiguous(memory_format=torch.channels_last)
        for i in range(len(self.config["encoder"])):
            h = F.leaky_relu(self.apply_2d(F.conv2d, h, getattr(self, f"conv{i + 1}")[0]), self.slope)
        return h.flatten(1)

    def decode(self, z):
        h = self.fc2(z).unflatten(1, self.deep).unsqueeze(2).contiguous(memory_format=torch.channels_last)
        for i in range(len(self.config["decoder"]), 0, -1):
            h = F.leaky_relu(self.apply_2d(F.conv_transpose2d, h, getattr(self, f"deconv{i}")[0]), self.slope)
        return self.apply_2d(F.conv2d, h, self.predict0)[:, 0, 0]


def network(what, variant, device, batch):
    """One pass: a step of training (loss, gradients, their norm clipped, Adam), or the codes of a batch."""
    torch.manual_seed(1)
    model = ae1d.fill((ChannelsLast if variant == "channels-last" else ae1d.AE1d)(ae1d.paper_config()), 1).to(device)
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-3)
    x = 1 + 0.1 * torch.randn(batch, model.config["samples"])
    mixed = torch.autocast(device, torch.bfloat16, enabled=variant.startswith("bf16"))
    compiled = torch.compile if variant.endswith("compile") else lambda f: f
    loss = compiled(lambda x, eps: model.loss(x, eps, 1e-3)["loss"])
    codes = compiled(lambda x: model.fc11(model.features(x)))

    def step():
        optimiser.zero_grad()
        eps = torch.randn(batch, model.config["nodes"])
        with mixed:
            value = loss(x.to(device), eps.to(device))
        value.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        return value.item()

    def encode():
        with torch.no_grad(), mixed:
            return codes(x.to(device)).float().cpu().numpy()

    return {"step": step, "encode": encode}[what]


def product(device, size):
    a = 1 + 0.1 * torch.randn(size, size, device=device)

    def one_pass():
        x = a
        for _ in range(8):
            x = x @ a / size
        return x.sum().item()

    return one_pass


def copy(device, megabytes):
    a = torch.ones(megabytes << 18, device=device)
    b = torch.empty_like(a)

    def one_pass():
        b.copy_(a)
        return b[-1].item()

    return one_pass


def main(what, variant, device, batch):
    torch.set_num_threads(turns.CORES)
    torch.set_float32_matmul_precision("high" if variant == "tf32" else "highest")
    torch.backends.cudnn.allow_tf32 = variant == "tf32"
    if what == "product":
        turns.answer_turns(product(device, batch), 8 * 2 * batch**3)
    elif what == "copy":
        turns.answer_turns(copy(device, batch), 2 * batch << 20)
    else:
        turns.answer_turns(network(what, variant, device, batch), batch)


if __name__ == "__main__":
    main(*sys.argv[1:4], int(sys.argv[4]))
