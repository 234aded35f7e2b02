"""From a PyTorch module to the best accelerator on a named board."""

import torch

import lightsim

module = torch.nn.Sequential(
    torch.nn.Conv2d(3, 16, 3, padding=1), torch.nn.ReLU(), torch.nn.MaxPool2d(2),
    torch.nn.Conv2d(16, 32, 3), torch.nn.ReLU(), torch.nn.Flatten(), torch.nn.Linear(32 * 36, 10),
)  # fmt: skip

network = lightsim.from_torch(module, torch.rand(8, 3, 16, 16), name="small")
lightsim.explore(network, board="ultra96", trials=4, output="out")
report = lightsim.run(network, accelerator="out/best.toml")
print(f"{report.accelerator}: {report.throughput_images_per_s:,.0f} images/s")
