"""Makes tests/resources/nn/losses.txt: the losses of torch.nn, as modules and as functions.

Run with a Python that has torch: /usr/bin/python3 tests/python/make_nn_losses.py
"""

import torch
from torch.nn import functional as F

from golden import Golden

REDUCTIONS = ("none", "mean", "sum")

g = Golden("losses")


def row(module, inputs, result="m(a, b)", **options):
    """A row that constructs a loss and calls it."""
    g.row("m = %s; %s; %s" % (module, inputs, result), **options)


def function(inputs, call, **options):
    g.row("%s; %s" % (inputs, call), **options)


# ---- differences

PAIR = "a = torch.randn(3, 4); b = torch.randn(3, 4)"
BROADCAST = "a = torch.randn(3, 1); b = torch.randn(4)"
for name, call in [("L1Loss", "l1_loss"), ("MSELoss", "mse_loss"), ("SmoothL1Loss", "smooth_l1_loss"),
                   ("HuberLoss", "huber_loss")]:
    row("nn.%s()" % name, PAIR)
    for reduction in REDUCTIONS:
        row("nn.%s(reduction='%s')" % (name, reduction), PAIR)
        function(BROADCAST, "F.%s(a, b, reduction='%s')" % (call, reduction))
    row("nn.%s()" % name, "a = torch.randn(5, dtype=torch.float64); b = torch.randn(5, dtype=torch.float64)")
    row("nn.%s()" % name, "a = torch.randn(()); b = torch.randn(())")
    function(PAIR, "F.%s(a, b)" % call)
for reduction in REDUCTIONS:
    for width in ("0.3", "2.0"):
        row("nn.SmoothL1Loss(reduction='%s', beta=%s)" % (reduction, width), PAIR)
        row("nn.HuberLoss(reduction='%s', delta=%s)" % (reduction, width), PAIR)
row("nn.SmoothL1Loss(reduction='mean', beta=0.0)", PAIR)
function(PAIR, "F.smooth_l1_loss(a, b, reduction='sum', beta=0.5)")
function(PAIR, "F.huber_loss(a, b, reduction='sum', delta=0.5)")


def weighted(reduction, losses, weight, over_weights):
    losses = losses * weight
    if reduction == "mean":
        return losses.sum() / weight.sum() if over_weights else losses.mean()
    return losses.sum() if reduction == "sum" else losses


WEIGHTED = PAIR + "; w = torch.rand(3, 4)"
for reduction in REDUCTIONS:
    for call, option, over_weights in [("l1_loss", "", True), ("mse_loss", "", True), ("huber_loss", ", delta=0.5", False)]:
        function(
            WEIGHTED,
            "F.%s(a, b, reduction='%s'%s, weight=w)" % (call, reduction, option),
            python="%s; weighted('%s', F.%s(a, b, reduction='none'%s), w, %s)"
            % (WEIGHTED, reduction, call, option, over_weights),
            env={"weighted": weighted},
        )

# ---- classes

WEIGHT = "torch.tensor([0.5, 1.0, 2.0, 0.25])"
SHAPES = [
    ("torch.randn(6, 4)", "torch.tensor([1, 3, 0, 2, 3, 1])"),
    ("torch.randn(4)", "torch.tensor(2)"),
    ("torch.randn(2, 4, 3)", "torch.randint(4, (2, 3))"),
    ("torch.randn(2, 4, 3, 2)", "torch.randint(4, (2, 3, 2))"),
    ("torch.randn(2, 4, 3, 2, 2)", "torch.randint(4, (2, 3, 2, 2))"),
]
CLASS_OPTIONS = [
    "", "weight=W", "ignore_index=2", "weight=W, ignore_index=1", "reduction='sum'", "weight=W, reduction='sum'",
    "reduction='none'", "weight=W, ignore_index=0, reduction='none'",
]
for scores, classes in SHAPES:
    for options in CLASS_OPTIONS:
        options = options.replace("W", WEIGHT)
        inputs = "a = %s; b = %s" % (scores, classes)
        dim = 0 if scores == "torch.randn(4)" else 1
        row("nn.NLLLoss(%s)" % options, inputs, "m(F.log_softmax(a, dim=%d), b)" % dim)
        row("nn.CrossEntropyLoss(%s)" % options, inputs)
scores, classes = SHAPES[0]
inputs = "a = %s; b = %s" % (scores, classes)
row("nn.NLLLoss2d()", "a = torch.randn(2, 4, 3, 2); b = torch.randint(4, (2, 3, 2))")
row("nn.NLLLoss2d(reduction='sum')", "a = torch.randn(2, 4, 3, 2); b = torch.randint(4, (2, 3, 2))")
function(inputs, "F.nll_loss(a, b)")
function(inputs, "F.nll_loss(a, b, weight=%s, ignore_index=3, reduction='sum')" % WEIGHT)
function(inputs, "F.cross_entropy(a, b)")
function(inputs, "F.cross_entropy(a, b, weight=%s, ignore_index=3, reduction='sum', label_smoothing=0.2)" % WEIGHT)
for scores, classes in SHAPES:
    for options in CLASS_OPTIONS:
        options = (options + ", " if options else "").replace("W", WEIGHT)
        row("nn.CrossEntropyLoss(%slabel_smoothing=0.1)" % options, "a = %s; b = %s" % (scores, classes))
for shape, dim in [("6, 4", 1), ("4", 0), ("2, 4, 3", 1)]:
    for reduction in REDUCTIONS:
        for weight in ("", "weight=%s, " % WEIGHT):
            for smoothing in ("", ", label_smoothing=0.3"):
                row(
                    "nn.CrossEntropyLoss(%sreduction='%s'%s)" % (weight, reduction, smoothing),
                    "a = torch.randn(%s); b = torch.rand(%s)" % (shape, shape),
                    "m(a, F.softmax(b, dim=%d))" % dim,
                )
row("nn.CrossEntropyLoss()", "a = torch.randn(3, 4, dtype=torch.float64); b = torch.tensor([0, 3, 1])")
row("nn.CrossEntropyLoss()", "a = torch.randn(3, 4); b = torch.tensor([-100, -100, 2])")

for options in ["", "p=2", "margin=0.4", "p=2, margin=2.0, reduction='sum'", "weight=W", "p=2, weight=W, reduction='none'",
                "reduction='none'", "reduction='sum'"]:
    options = options.replace("W", WEIGHT)
    row("nn.MultiMarginLoss(%s)" % options, inputs)
    row("nn.MultiMarginLoss(%s)" % options, "a = torch.randn(4); b = torch.tensor(2)")
function(inputs, "F.multi_margin_loss(a, b)")
function(inputs, "F.multi_margin_loss(a, b, p=2, margin=0.7, weight=%s, reduction='sum')" % WEIGHT)

LABELS = "a = torch.randn(3, 4); b = torch.tensor([[3, 0, -1, 1], [2, -1, -1, -1], [0, 1, 2, 3]])"
row("nn.MultiLabelMarginLoss()", LABELS)
for reduction in REDUCTIONS:
    row("nn.MultiLabelMarginLoss(reduction='%s')" % reduction, LABELS)
    row("nn.MultiLabelMarginLoss(reduction='%s')" % reduction, "a = torch.randn(4); b = torch.tensor([1, 3, -1, 0])")
function(LABELS, "F.multilabel_margin_loss(a, b)")
function(LABELS, "F.multilabel_margin_loss(a, b, reduction='none')")

# ---- yes and no

ANSWERS = "b = torch.randint(2, (3, 4))"
PROBABILITIES = "a = torch.rand(3, 4); " + ANSWERS
SCORES = "a = torch.randn(3, 4); " + ANSWERS
row("nn.BCELoss()", PROBABILITIES, "m(a, b.to(torch.float32))")
row("nn.BCELoss()", "a = torch.rand(3, 4); b = torch.rand(3, 4)")
row("nn.BCELoss()", "a = torch.tensor([0.0, 1.0, 0.5]); b = torch.tensor([1, 0, 1])", "m(a, b.to(torch.float32))")
row("nn.BCEWithLogitsLoss()", SCORES, "m(a, b.to(torch.float32))")
row("nn.BCEWithLogitsLoss()", "a = torch.randn(3, 4); b = torch.rand(3, 4)")
row("nn.BCEWithLogitsLoss()", "a = torch.tensor([-200.0, 200.0, 0.0]); b = torch.tensor([1, 0, 1])", "m(a, b.to(torch.float32))")
for reduction in REDUCTIONS:
    for weight in ("torch.rand(3, 4)", "torch.rand(4)", "torch.rand(3, 1)"):
        row("nn.BCELoss(weight=%s, reduction='%s')" % (weight, reduction), PROBABILITIES, "m(a, b.to(torch.float32))")
        row("nn.BCEWithLogitsLoss(weight=%s, reduction='%s')" % (weight, reduction), SCORES, "m(a, b.to(torch.float32))")
    row("nn.BCELoss(reduction='%s')" % reduction, PROBABILITIES, "m(a, b.to(torch.float32))")
    row("nn.BCEWithLogitsLoss(pos_weight=torch.rand(4), reduction='%s')" % reduction, SCORES, "m(a, b.to(torch.float32))")
    row(
        "nn.BCEWithLogitsLoss(weight=torch.rand(3, 1), pos_weight=torch.rand(3, 4), reduction='%s')" % reduction,
        "a = torch.randn(3, 4); b = torch.rand(3, 4)",
    )
function(PROBABILITIES, "F.binary_cross_entropy(a, b.to(torch.float32))")
function(PROBABILITIES + "; w = torch.rand(4)", "F.binary_cross_entropy(a, b.to(torch.float32), w.detach(), reduction='sum')")
function(PROBABILITIES + "; w = torch.rand(4)", "F.binary_cross_entropy(a, b.to(torch.float32), weight=w.detach())")
function(SCORES, "F.binary_cross_entropy_with_logits(a, b.to(torch.float32))")
function(
    SCORES + "; w = torch.rand(4); p = torch.rand(4)",
    "F.binary_cross_entropy_with_logits(a, b.to(torch.float32), weight=w.detach(), pos_weight=p.detach(), reduction='sum')",
)

row("nn.MultiLabelSoftMarginLoss()", SCORES, "m(a, b)")
row("nn.MultiLabelSoftMarginLoss()", "a = torch.randn(4); b = torch.randint(2, (4,))", "m(a, b)")
row("nn.MultiLabelSoftMarginLoss(weight=torch.rand(4))", "a = torch.randn(2, 3, 4); b = torch.rand(2, 3, 4)")
for reduction in REDUCTIONS:
    row("nn.MultiLabelSoftMarginLoss(reduction='%s')" % reduction, SCORES, "m(a, b)")
    row("nn.MultiLabelSoftMarginLoss(weight=torch.rand(4), reduction='%s')" % reduction, SCORES, "m(a, b)")
function(SCORES, "F.multilabel_soft_margin_loss(a, b)")
function(SCORES + "; w = torch.rand(4)", "F.multilabel_soft_margin_loss(a, b, weight=w, reduction='none')")

SIGNS = "b = torch.randint(2, (3, 4)) * 2 - 1"
row("nn.SoftMarginLoss()", "a = torch.randn(3, 4); " + SIGNS)
for reduction in REDUCTIONS:
    row("nn.SoftMarginLoss(reduction='%s')" % reduction, "a = torch.randn(3, 4); " + SIGNS)
function("a = torch.randn(3, 4); " + SIGNS, "F.soft_margin_loss(a, b)")
function("a = torch.randn(3, 4); " + SIGNS, "F.soft_margin_loss(a, b, reduction='sum')")

# ---- distributions

DISTRIBUTIONS = "a = torch.randn(3, 4); b = torch.randn(3, 4)"
TARGETS = {"False": "F.softmax(b, dim=1)", "True": "F.log_softmax(b, dim=1)"}
row("nn.KLDivLoss()", DISTRIBUTIONS, "m(F.log_softmax(a, dim=1), F.softmax(b, dim=1))")
for reduction in REDUCTIONS + ("batchmean",):
    row("nn.KLDivLoss(reduction='%s')" % reduction, DISTRIBUTIONS, "m(F.log_softmax(a, dim=1), F.softmax(b, dim=1))")
    for log_target, target in TARGETS.items():
        row("nn.KLDivLoss(reduction='%s', log_target=%s)" % (reduction, log_target), DISTRIBUTIONS,
            "m(F.log_softmax(a, dim=1), %s)" % target)
row("nn.KLDivLoss(reduction='batchmean')", "a = torch.randn(()); b = torch.rand(())")
row("nn.KLDivLoss(reduction='sum')", "a = torch.randn(4); b = torch.tensor([0, 0.25, 0, 0.75])")
function(DISTRIBUTIONS, "F.kl_div(a, F.softmax(b, dim=1))")
function(DISTRIBUTIONS, "F.kl_div(a, b, reduction='batchmean', log_target=True)")

COUNTS = "b = torch.randint(6, (3, 4))"
row("nn.PoissonNLLLoss()", "a = torch.randn(3, 4); " + COUNTS)
for reduction in REDUCTIONS:
    for full in ("False", "True"):
        options = "full=%s, reduction='%s'" % (full, reduction)
        row("nn.PoissonNLLLoss(%s)" % options, "a = torch.randn(3, 4); " + COUNTS)
        row("nn.PoissonNLLLoss(log_input=False, %s)" % options, "a = torch.rand(3, 4); " + COUNTS)
row("nn.PoissonNLLLoss(log_input=False, eps=0.1)", "a = torch.rand(3, 4); " + COUNTS)
function("a = torch.randn(3, 4); " + COUNTS, "F.poisson_nll_loss(a, b)")
function("a = torch.rand(3, 4); " + COUNTS, "F.poisson_nll_loss(a, b, log_input=False, full=True, eps=0.01, reduction='sum')")

VARIANCE = PAIR + "; c = torch.rand(3, 4)"
row("nn.GaussianNLLLoss()", VARIANCE, "m(a, b, c)")
for reduction in REDUCTIONS:
    for full in ("False", "True"):
        row("nn.GaussianNLLLoss(full=%s, reduction='%s')" % (full, reduction), VARIANCE, "m(a, b, c)")
row("nn.GaussianNLLLoss(eps=0.5)", VARIANCE, "m(a, b, c)")
row("nn.GaussianNLLLoss()", PAIR + "; c = torch.rand(3)", "m(a, b, c)")
row("nn.GaussianNLLLoss()", PAIR + "; c = torch.rand(3, 1)", "m(a, b, c)")
row("nn.GaussianNLLLoss()", "a = torch.randn(3, 4); b = torch.randn(4); c = torch.rand(3, 4)", "m(a, b, c)")
row("nn.GaussianNLLLoss()", "a = torch.randn(4); b = torch.randn(4); c = torch.rand(())", "m(a, b, c)")
# PyTorch 1.13 wants the dimension of size 1 to be the last one, and a variance to be a tensor.
row("nn.GaussianNLLLoss()", "a = torch.randn(2, 3, 4); b = torch.randn(2, 3, 4); c = torch.rand(2, 1, 4)", "m(a, b, c)",
    python="m = nn.GaussianNLLLoss(); a = torch.randn(2, 3, 4); b = torch.randn(2, 3, 4); c = torch.rand(2, 1, 4);"
    " m(a, b, c.expand(2, 3, 4))")
row("nn.GaussianNLLLoss()", PAIR, "m(a, b, 0.3)",
    python="m = nn.GaussianNLLLoss(); " + PAIR + "; m(a, b, torch.full((3, 4), 0.3))")
function(VARIANCE, "F.gaussian_nll_loss(a, b, c)")
function(VARIANCE, "F.gaussian_nll_loss(a, b, c, full=True, eps=0.2, reduction='sum')")
function(PAIR, "F.gaussian_nll_loss(a, b, 2.0)", python=PAIR + "; F.gaussian_nll_loss(a, b, torch.full((3, 4), 2.0))")

# ---- distances

row("nn.HingeEmbeddingLoss()", "a = torch.rand(3, 4); " + SIGNS)
row("nn.HingeEmbeddingLoss(margin=0.4)", "a = torch.rand(3, 4); " + SIGNS)
for reduction in REDUCTIONS:
    row("nn.HingeEmbeddingLoss(margin=0.7, reduction='%s')" % reduction, "a = torch.rand(3, 4); " + SIGNS)
function("a = torch.rand(3, 4); " + SIGNS, "F.hinge_embedding_loss(a, b)")
function("a = torch.rand(3, 4); " + SIGNS, "F.hinge_embedding_loss(a, b, margin=0.2, reduction='sum')")

VECTORS = PAIR + "; c = torch.tensor([1, -1, 1])"
SCALES = "a = torch.randn(3); b = torch.randn(3); c = torch.tensor([1, -1, 1])"
for name, call, inputs in [
    ("CosineEmbeddingLoss", "cosine_embedding_loss", VECTORS),
    ("MarginRankingLoss", "margin_ranking_loss", SCALES),
]:
    row("nn.%s()" % name, inputs, "m(a, b, c)")
    row("nn.%s(margin=0.3)" % name, inputs, "m(a, b, c)")
    for reduction in REDUCTIONS:
        row("nn.%s(margin=0.2, reduction='%s')" % (name, reduction), inputs, "m(a, b, c)")
    function(inputs, "F.%s(a, b, c)" % call)
    function(inputs, "F.%s(a, b, c, margin=0.5, reduction='sum')" % call)
row("nn.CosineEmbeddingLoss()", "a = torch.randn(4); b = torch.randn(4); c = torch.tensor(-1)", "m(a, b, c)")
row("nn.MarginRankingLoss()", "a = torch.randn(()); b = torch.randn(()); c = torch.tensor(1)", "m(a, b, c)")

TRIPLET = "a = torch.randn(3, 4); b = torch.randn(3, 4); c = torch.randn(3, 4)"
row("nn.TripletMarginLoss()", TRIPLET, "m(a, b, c)")
row("nn.TripletMarginLoss()", "a = torch.randn(4); b = torch.randn(4); c = torch.randn(4)", "m(a, b, c)")
for options in ["margin=0.5", "p=1.0", "p=3.0", "eps=0.1", "swap=True", "margin=2.0, p=1.5, eps=0.01, swap=True"]:
    for reduction in REDUCTIONS:
        row("nn.TripletMarginLoss(%s, reduction='%s')" % (options, reduction), TRIPLET, "m(a, b, c)")
function(TRIPLET, "F.triplet_margin_loss(a, b, c)")
function(TRIPLET, "F.triplet_margin_loss(a, b, c, margin=2.0, p=1.0, eps=0.001, swap=True, reduction='sum')")
function(TRIPLET, "F.triplet_margin_with_distance_loss(a, b, c)")
for swap in ("False", "True"):
    for reduction in REDUCTIONS:
        options = "margin=1.5, swap=%s, reduction='%s'" % (swap, reduction)
        function(TRIPLET, "F.triplet_margin_with_distance_loss(a, b, c, %s)" % options)

row("nn.TripletMarginWithDistanceLoss()", TRIPLET, "m(a, b, c)")
row("nn.TripletMarginWithDistanceLoss(distance_function=nn.PairwiseDistance(p=1.0), margin=0.5)", TRIPLET, "m(a, b, c)")
for reduction in REDUCTIONS:
    row("nn.TripletMarginWithDistanceLoss(swap=True, reduction='%s')" % reduction, TRIPLET, "m(a, b, c)")

# ---- alignments

g.row("a = torch.randn(6, 2, 4); b = torch.tensor([[1, 2, 3], [2, 2, 0]]);"
      " i = torch.tensor([6, 5]); t = torch.tensor([3, 2]); F.ctc_loss(F.log_softmax(a, dim=2), b, i, t)")
PADDED = "a = torch.randn(6, 2, 4); b = torch.tensor([[1, 2, 3], [2, 2, 0]]); i = torch.tensor([6, 5]); t = torch.tensor([3, 2])"
JOINED = "a = torch.randn(6, 2, 4); b = torch.tensor([1, 2, 3, 2, 2]); i = torch.tensor([6, 5]); t = torch.tensor([3, 2])"
SINGLE = "a = torch.randn(6, 4); b = torch.tensor([1, 2, 1]); i = torch.tensor(6); t = torch.tensor(3)"
LAST_BLANK = "a = torch.randn(6, 2, 4); b = torch.tensor([[1, 2, 0], [2, 2, 0]]); i = torch.tensor([6, 5]); t = torch.tensor([3, 2])"
TOO_LONG = "a = torch.randn(3, 2, 4); b = torch.tensor([[1, 1, 1], [2, 3, 0]]); i = torch.tensor([3, 3]); t = torch.tensor([3, 2])"
CTC = "m(F.log_softmax(a, dim=-1), b, i, t)"
row("nn.CTCLoss()", PADDED, CTC)
for reduction in REDUCTIONS:
    for inputs in (PADDED, JOINED):
        row("nn.CTCLoss(reduction='%s')" % reduction, inputs, CTC)
    row("nn.CTCLoss(blank=3, reduction='%s')" % reduction, LAST_BLANK, CTC)
    row("nn.CTCLoss(reduction='%s')" % reduction, SINGLE, CTC)
    row("nn.CTCLoss(reduction='%s', zero_infinity=True)" % reduction, TOO_LONG, CTC)
row("nn.CTCLoss()", "a = torch.randn(6, 2, 4); b = torch.tensor([[1, 2, 3], [2, 2, 0]])",
    "m(F.log_softmax(a, dim=-1), b, (6, 5), (3, 2))")
function(JOINED, "F.ctc_loss(F.log_softmax(a, dim=-1), b, i, t, blank=0, reduction='sum', zero_infinity=True)")

g.write()
