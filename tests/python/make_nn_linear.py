"""Makes tests/resources/nn/linear.txt: the linear layers and distances of torch.nn and their functions.

Run with a Python that has torch, from any folder: /usr/bin/python3 tests/python/make_nn_linear.py
"""

import torch
from golden import Golden

golden = Golden("linear")

golden.layer("nn.Identity()", "torch.randn(2, 3)")
golden.layer("nn.Linear(5, 4)", "torch.randn(3, 5)")
golden.layer("nn.Linear(5, 4)", "torch.randn(5)")
golden.layer("nn.Linear(in_features=5, out_features=4, bias=False)", "torch.randn(2, 3, 5)")
golden.layer("nn.Bilinear(3, 4, 2)", "torch.randn(5, 3)", "torch.randn(5, 4)")
golden.layer("nn.Bilinear(3, 4, 2)", "torch.randn(2, 2, 3)", "torch.randn(2, 2, 4)")
golden.layer(
    "nn.Bilinear(in1_features=3, in2_features=4, out_features=2, bias=False)", "torch.randn(3)", "torch.randn(4)"
)
golden.row("a = torch.randn(3, 5); b = torch.randn(4, 5); F.linear(a, b)")
golden.row("a = torch.randn(3, 5); b = torch.randn(4, 5); c = torch.randn(4); F.linear(a, b, bias=c)")
golden.row("a = torch.randn(3, 2); b = torch.randn(3, 4); c = torch.randn(5, 2, 4); F.bilinear(a, b, c)")
golden.row(
    "a = torch.randn(3, 2); b = torch.randn(3, 4); c = torch.randn(5, 2, 4); d = torch.randn(5); F.bilinear(a, b, c, d)"
)

PAIR = ["torch.randn(4, 3)", "torch.randn(4, 3)"]
golden.layer("nn.CosineSimilarity()", *PAIR)
golden.layer("nn.CosineSimilarity(dim=0)", *PAIR)


def cosine_similarity(x1, x2, dim, eps):
    """The formula; PyTorch has another gradient where eps counts than 1.13."""
    norms = []
    for x in torch.broadcast_tensors(x1, x2):
        norm = torch.linalg.vector_norm(x, 2, dim, True).clone()
        with torch.no_grad():
            norm.clamp_min_(eps)
        norms.append(norm)
    return (x1 / norms[0] * (x2 / norms[1])).sum(dim)


golden.row(
    "m = nn.CosineSimilarity(dim=-1, eps=2.0); a = torch.randn(4, 3); b = torch.randn(3); m(a, b)",
    python="m = nn.CosineSimilarity(dim=-1, eps=2.0); a = torch.randn(4, 3); b = torch.randn(3); "
    "cosine_similarity(a, b, -1, 2.0)",
    env={"cosine_similarity": cosine_similarity},
)
golden.layer("nn.PairwiseDistance()", *PAIR)
golden.layer("nn.PairwiseDistance()", "torch.randn(3)", "torch.randn(3)")
golden.layer("nn.PairwiseDistance(p=1.0)", *PAIR)
golden.layer("nn.PairwiseDistance(p=-2.0, eps=0.1)", *PAIR)
golden.layer("nn.PairwiseDistance(p=3.5, eps=0.01, keepdim=True)", *PAIR)
golden.layer("nn.PairwiseDistance(p=float('inf'), keepdim=True)", *PAIR)

for call in [
    "cosine_similarity(a, b)",
    "cosine_similarity(a, b, 0)",
    "cosine_similarity(a, b, 0, 0.5)",
    "pairwise_distance(a, b)",
    "pairwise_distance(a, b, p=1.0, eps=0.1, keepdim=True)",
]:
    golden.row("a = torch.randn(4, 3); b = torch.randn(4, 3); F.%s" % call)
for call in ["pdist(a)", "pdist(a, p=1.0)", "pdist(a, p=0.0)", "pdist(a, p=3.0)", "pdist(a, p=float('inf'))"]:
    golden.row("a = torch.randn(5, 3); F.%s" % call)

golden.write()
