"""Makes tests/resources/vision/ops.txt. Run from any folder: /usr/bin/python3 tests/python/make_vision_ops.py"""

import random

from golden import Golden
from torchvision import ops

golden = Golden("ops", folder="vision")
numbers = random.Random(3)


def row(program, **options):
    golden.row(program, env=dict(ops=ops), **options)


def tensor(rows, dtype="torch.float32"):
    return "torch.tensor(%s, dtype=%s)" % (rows, dtype)


def boxes(count, size=10, least=0.5):
    """Boxes of a size of their own, as a list of lists."""
    result = []
    for _ in range(count):
        x, y = numbers.uniform(0, size * 0.6), numbers.uniform(0, size * 0.6)
        w, h = numbers.uniform(least, size * 0.5), numbers.uniform(least, size * 0.5)
        result.append([round(v, 2) for v in (x, y, x + w, y + h)])
    return result


def regions(count, images=2, size=10):
    return [[float(i % images)] + box for i, box in enumerate(boxes(count, size))]


NAN, INF = "float('NaN')", "float('inf')"

# ---- non-maximum suppression

SCORES = [0.5, 0.9, 0.1, 0.9, 0.3, 0.7, 0.2, 0.9, 0.6, 0.4]
CROWD = boxes(10, least=3)
for threshold in ["0.0", "0.1", "0.3", "0.5", "1.0"]:
    row("a = %s; b = %s; ops.nms(a, b, %s)" % (tensor(CROWD), tensor(SCORES), threshold), grad=False)
row("a = torch.rand(60, 4); b = torch.rand(60); ops.nms(a, b, 0.2)", grad=False)
row("a = torch.rand(300, 2); b = torch.rand(300, 2); c = torch.rand(300); "
    "ops.nms(torch.cat((a * 9, a * 9 + b * 4), 1), c, 0.4)", grad=False)
row("a = torch.rand(300, 2); b = torch.rand(300, 2); c = torch.rand(300); "
    "ops.nms(torch.cat((a * 9, a * 9 + b * 4), 1).to(torch.float64), c.to(torch.float64), 0.4)", grad=False)
row("a = torch.zeros(0, 4); b = torch.zeros(0); ops.nms(a, b, 0.5)", grad=False)
row("a = %s; b = %s; ops.nms(a, b, 0.5)" % (tensor(boxes(1)), tensor([0.5])), grad=False)
# Overlaps that are the threshold exactly, and one unit in the last place beside it.
HALVES = [[0.0, 0.0, 2.0, 1.0], [0.0, 0.0, 1.0, 1.0], [0.0, 0.0, 3.0, 1.0], [0.0, 0.0, 1.0000001, 1.0]]
THIRDS = [[0.0, 0.0, 3.0, 1.0], [0.0, 0.0, 1.0, 1.0], [1.0, 0.0, 2.0, 1.0]]
for threshold in ["0.5", "0.49999999", "0.50000003", "0.50000006", "0.3333333333333333", "0.33333334", "0.3333333"]:
    for dtype in ["torch.float32", "torch.float64"]:
        for case in (HALVES, THIRDS):
            scores = [0.9, 0.8, 0.7, 0.6][: len(case)]
            row("a = %s; b = %s; ops.nms(a, b, %s)" % (tensor(case, dtype), tensor(scores, dtype), threshold), grad=False)
row("a = %s; b = torch.ones(10); ops.nms(a, b, 0.3)" % tensor(CROWD), grad=False)
WRONG = "[[0.0, 0.0, 4.0, 4.0], [%s, 0.0, 4.0, 4.0], [0.0, %s, 4.0, 3.9], [0.0, 0.0, %s, 4.0], [0.0, 0.0, 4.0, %s], [0.1, 0.0, 4.0, 4.0]]"
row("a = %s; b = torch.arange(6).to(torch.float32); ops.nms(a, b, 0.3)" % tensor(WRONG % (NAN, NAN, NAN, NAN)), grad=False)
row("a = %s; b = torch.arange(6).to(torch.float32) * -1.0; ops.nms(a, b, 0.3)" % tensor(WRONG % (NAN, NAN, NAN, NAN)), grad=False)
row("a = %s; b = torch.arange(6).to(torch.float32); ops.nms(a, b, 0.3)" % tensor(WRONG % ("-" + INF, "-" + INF, INF, INF)), grad=False)
row("a = %s; b = %s; ops.nms(a, b, 0.3)" % (tensor(boxes(4)), tensor("[0.1, %s, 0.3, %s]" % (NAN, INF))), grad=False)
row("a = %s; b = torch.arange(3).to(torch.float32); ops.nms(a, b, 0.1)"
    % tensor([[4.0, 4.0, 1.0, 1.0], [1.0, 1.0, 4.0, 4.0], [2.0, 2.0, 2.0, 2.0]]), grad=False)

CLASSES = [0, 1, 0, 2, 1, 0, 2, 2, 0, 1]
for threshold in ["0.1", "0.4"]:
    row("a = %s; b = %s; c = torch.tensor(%s); ops.batched_nms(a, b, c, %s)"
        % (tensor(CROWD), tensor(SCORES), CLASSES, threshold), grad=False)
row("a = torch.rand(1200, 2); b = torch.rand(1200, 2); c = torch.rand(1200); d = torch.randint(0, 7, (1200,)); "
    "ops.batched_nms(torch.cat((a * 20, a * 20 + b * 4), 1), c, d, 0.3)", grad=False)
row("a = torch.zeros(0, 4); b = torch.zeros(0); c = torch.zeros(0, dtype=torch.int64); ops.batched_nms(a, b, c, 0.5)",
    grad=False)

# ---- regions

REGIONS = regions(5)
BORDER = [
    [0.0, -3.0, -2.0, 4.0, 5.0], [1.0, 6.0, 5.0, 14.0, 12.0], [0.0, 20.0, 20.0, 30.0, 30.0], [1.0, -9.0, -9.0, -5.0, -4.0],
    [0.0, 0.0, 0.0, 10.0, 9.0], [1.0, 9.0, 8.0, 9.0, 8.0], [0.0, -1.0, -1.0, 11.0, 10.0], [1.0, 9.5, 8.5, 10.0, 9.0],
    [0.0, 5.0, 5.0, 2.0, 3.0], [1.0, 3.5, 2.5, 3.5, 6.5],
]
IMAGES = "torch.randn(2, 3, 9, 10)"
PS_IMAGES = {"2": "torch.randn(2, 8, 9, 10)", "(3, 2)": "torch.randn(2, 12, 9, 10)", "1": "torch.randn(2, 2, 9, 10)"}
EMPTY = "torch.zeros(0, 5)"

for case in (REGIONS, BORDER):
    for options in ["", ", spatial_scale=0.5", ", sampling_ratio=2", ", aligned=True", ", aligned=True, sampling_ratio=3",
                    ", spatial_scale=0.7, sampling_ratio=1, aligned=True"]:
        for size in ["(3, 2)", "2"]:
            row("a = %s; b = %s; ops.roi_align(a, b, %s%s)" % (IMAGES, tensor(case), size, options))
    for options in ["", ", spatial_scale=0.5", ", spatial_scale=1.3"]:
        for size in ["(3, 2)", "2", "1"]:
            row("a = %s; b = %s; ops.roi_pool(a, b, %s%s)" % (IMAGES, tensor(case), size, options))
            row("a = %s; b = %s; ops.ps_roi_pool(a, b, %s%s)" % (PS_IMAGES[size], tensor(case), size, options))
    for options in [", 1.0, 2", ", spatial_scale=0.5, sampling_ratio=1", ", 0.7, 3"]:
        for size in ["(3, 2)", "2"]:
            row("a = %s; b = %s; ops.ps_roi_align(a, b, %s%s)" % (PS_IMAGES[size], tensor(case), size, options))
for size in ["(3, 2)", "2"]:
    for options in ["", ", 0.8"]:
        row("a = %s; b = %s; ops.ps_roi_align(a, b, %s%s)" % (PS_IMAGES[size], tensor(REGIONS), size, options))
DOUBLE = tensor(REGIONS, "torch.float64")
row("a = %s; b = %s; ops.roi_align(a, b, 2)" % (IMAGES.replace(")", ", dtype=torch.float64)"), DOUBLE))
row("a = %s; b = %s; ops.roi_pool(a, b, 2)" % (IMAGES.replace(")", ", dtype=torch.float64)"), DOUBLE))
row("a = torch.randn(2, 8, 9, 10, dtype=torch.float64); b = %s; ops.ps_roi_align(a, b, 2)" % DOUBLE)
row("a = torch.randn(2, 8, 9, 10, dtype=torch.float64); b = %s; ops.ps_roi_pool(a, b, 2)" % DOUBLE)
# Half precision is computed with single precision here.
row("a = %s.to(torch.float16); b = %s.to(torch.float16); ops.roi_align(a, b, 2)" % (IMAGES, tensor(REGIONS)), grad=False, tolerance=2e-3,
    python="a = %s.to(torch.float16); b = %s.to(torch.float16); ops.roi_align(a.float(), b.float(), 2).to(torch.float16)" % (IMAGES, tensor(REGIONS)))
row("a = %s.to(torch.float16); b = %s.to(torch.float16); ops.roi_pool(a, b, 2)" % (IMAGES, tensor(REGIONS)), grad=False, tolerance=2e-3)
for name, images in (("roi_align", IMAGES), ("roi_pool", IMAGES), ("ps_roi_align", PS_IMAGES["2"]),
                     ("ps_roi_pool", PS_IMAGES["2"])):
    row("a = %s; b = %s; ops.%s(a, b, 2)" % (images, EMPTY, name))
    row("a = %s; b = %s; ops.%s(a.transpose(2, 3), b, 2)" % (images, tensor(REGIONS), name))
    row("a = %s; b = %s; ops.%s(torch.relu(a), b, 2)" % (images, tensor(REGIONS), name))
    row("a = torch.zeros(0, 8, 9, 10); b = %s; ops.%s(a, b, 2)" % (EMPTY, name), grad=False)
LIST = "a = %s; b = %s; c = %s; ops.%%s(a, [b, c], (2, 2), 0.5%%s)" % (IMAGES, tensor(boxes(2)), tensor(boxes(3)))
row(LIST.replace(", 0.5", "") % ("roi_align", ", spatial_scale=0.5, sampling_ratio=2, aligned=True"))
row(LIST % ("roi_pool", ""))
PS_LIST = LIST.replace(IMAGES, PS_IMAGES["2"])
row(PS_LIST % ("ps_roi_align", ", 2"))
row(PS_LIST % ("ps_roi_pool", ""))
WRONG_REGION = tensor("[[0.0, %s, 1.0, 5.0, 5.0], [1.0, 1.0, 1.0, %s, 5.0], [0.0, 1.0, 1.0, 5.0, 5.0]]" % (NAN, NAN))
row("a = %s; b = %s; ops.roi_align(a, b, 2)" % (IMAGES, WRONG_REGION), grad=False)
row("a = %s; b = %s; ops.roi_pool(a, b, 2)" % (IMAGES, WRONG_REGION), grad=False)
row("a = torch.full((1, 1, 4, 4), -%s); b = %s; ops.roi_pool(a, b, 2)" % (INF, tensor([[0.0, 0.0, 0.0, 3.0, 3.0]])), grad=False)
row("a = torch.full((1, 1, 4, 4), %s); b = %s; ops.roi_pool(a, b, 2)" % (NAN, tensor([[0.0, 0.0, 0.0, 3.0, 3.0]])), grad=False)

for call in ["RoIAlign((3, 2), 0.5, 2)", "RoIAlign(2, spatial_scale=1.0, sampling_ratio=-1, aligned=True)", "RoIPool(2, 0.5)",
             "RoIPool((3, 2), 1.0)"]:
    row("m = ops.%s; a = %s; b = %s; m(a, b)" % (call, IMAGES, tensor(REGIONS)))
    row("m = ops.%s; a = %s; b = %s; c = %s; m(a, [b, c])" % (call, IMAGES, tensor(boxes(1)), tensor(boxes(2))))
for call in ["PSRoIAlign(2, 0.5, 2)", "PSRoIPool(2, spatial_scale=0.5)"]:
    row("m = ops.%s; a = %s; b = %s; m(a, b)" % (call, PS_IMAGES["2"], tensor(REGIONS)))

# ---- deformable convolution


def deform(sizes, options="", kernel=(3, 3), batch=2, channels=4, out=6, groups=1, offset_groups=1, bias=True, mask=True,
           scale="2", size=(7, 6)):
    oh, ow = sizes
    dtype = ""
    k = kernel[0] * kernel[1]
    program = "a = torch.randn(%d, %d, %d, %d%s); b = torch.randn(%d, %d, %d, %d%s) * %s; c = torch.randn(%d, %d, %d, %d%s)" % (
        batch, channels, *size, dtype, batch, 2 * offset_groups * k, oh, ow, dtype, scale, out, channels // groups, *kernel, dtype)
    arguments = "a, b, c"
    if bias:
        program += "; d = torch.randn(%d)" % out
        arguments += ", bias=d"
    if mask:
        program += "; e = torch.rand(%d, %d, %d, %d)" % (batch, offset_groups * k, oh, ow)
        arguments += ", mask=e"
    row(program + "; ops.deform_conv2d(%s%s)" % (arguments, options), tolerance=1e-5)


deform((5, 4))
deform((5, 4), mask=False)
deform((5, 4), bias=False)
deform((5, 4), bias=False, mask=False)
deform((5, 4), scale="10")
deform((5, 4), scale="0")
deform((7, 6), ", padding=1")
deform((7, 4), ", padding=(1, 0)")
deform((3, 2), ", stride=2")
deform((3, 4), ", stride=(2, 1)")
deform((3, 2), ", dilation=2")
deform((5, 2), ", dilation=(1, 2)")
deform((4, 2), ", stride=(2, 3), padding=(2, 1), dilation=(2, 1)", scale="1")
deform((6, 5), kernel=(2, 2))
deform((7, 4), kernel=(1, 3))
deform((7, 6), kernel=(1, 1))
deform((5, 4), groups=2)
deform((5, 4), offset_groups=2)
deform((5, 4), groups=2, offset_groups=4)
deform((5, 4), groups=4, out=4, offset_groups=2, mask=False)
deform((5, 4), batch=1)
row("a = torch.randn(2, 2, 5, 5, dtype=torch.float64); b = torch.randn(2, 8, 4, 4, dtype=torch.float64); "
    "c = torch.randn(3, 2, 2, 2, dtype=torch.float64); ops.deform_conv2d(a, b, c)")
row("a = torch.randn(2, 5, 5, 2); b = torch.randn(2, 4, 4, 8); c = torch.randn(3, 2, 2, 2); "
    "ops.deform_conv2d(a.permute(0, 3, 1, 2), b.permute(0, 3, 1, 2), c)", tolerance=1e-5)
# On the pixels and at the border exactly.
row("a = torch.randn(1, 1, 3, 3); b = %s.reshape(1, 2, 3, 3); c = torch.randn(1, 1, 1, 1); ops.deform_conv2d(a, b, c)"
    % tensor([-1.0, 0.0, 1.0, -2.0, 2.0, 0.5, 1.0, -0.5, 0.0, -1.0, -0.5, 1.0, 0.0, 2.0, -1.0, 1.5, 0.0, 0.25]))
for options in ["", ", stride=2", ", padding=1", ", dilation=2, bias=False", ", groups=2", ", stride=(2, 1), padding=(1, 0)"]:
    sizes = {"": (5, 4), ", stride=2": (3, 2), ", padding=1": (7, 6), ", dilation=2, bias=False": (3, 2), ", groups=2": (5, 4),
             ", stride=(2, 1), padding=(1, 0)": (4, 4)}[options]
    row("m = ops.DeformConv2d(4, 6, 3%s); a = torch.randn(2, 4, 7, 6); b = torch.randn(2, 18, %d, %d); m(a, b)"
        % (options, *sizes), tolerance=1e-5)
row("m = ops.DeformConv2d(4, 2, (2, 3)); a = torch.randn(2, 4, 7, 6); b = torch.randn(2, 12, 6, 4); "
    "c = torch.rand(2, 6, 6, 4); m(a, b, c)", tolerance=1e-5)

# ---- boxes

FIRST, SECOND = boxes(4), boxes(3)
SHIFTED = [[round(v + numbers.uniform(-0.4, 0.4), 2) for v in box] for box in FIRST]
WHOLE = [[0, 1, 5, 6], [2, 2, 9, 4], [3, 0, 4, 8]]
for name in ["box_iou", "generalized_box_iou", "complete_box_iou", "distance_box_iou"]:
    row("a = %s; b = %s; ops.%s(a, b)" % (tensor(FIRST), tensor(SECOND), name))
    row("a = %s; b = %s; ops.%s(a, b)" % (tensor(FIRST, "torch.float64"), tensor(SECOND, "torch.float64"), name))
    row("a = torch.tensor(%s); b = torch.tensor(%s); ops.%s(a, b)" % (WHOLE, WHOLE[1:], name))
    row("a = torch.zeros(0, 4); b = %s; ops.%s(a, b)" % (tensor(SECOND), name), grad=False)
for name in ["complete_box_iou", "distance_box_iou"]:
    row("a = %s; b = %s; ops.%s(a, b, 0.1)" % (tensor(FIRST), tensor(SECOND), name))
row("a = %s; ops.box_area(a)" % tensor(FIRST))
row("a = %s.to(torch.float16); ops.box_area(a)" % tensor(FIRST), grad=False)
row("a = torch.tensor(%s, dtype=torch.uint8); ops.box_area(a)" % WHOLE)
for source in ["xyxy", "xywh", "cxcywh"]:
    for target in ["xyxy", "xywh", "cxcywh"]:
        row("a = %s; ops.box_convert(a, '%s', '%s')" % (tensor(FIRST), source, target))
        row("a = %s; ops.box_convert(a, in_fmt='%s', out_fmt='%s')" % (tensor(FIRST[0]), source, target))
row("a = %s; ops.clip_boxes_to_image(a, (4, 6))" % tensor([[-1.0, -2.0, 9.0, 9.0], [1.0, 2.0, 3.0, 3.5]]))
row("a = torch.randn(2, 3, 4) * 5; ops.clip_boxes_to_image(a, size=(4, 6))")
row("a = %s; ops.remove_small_boxes(a, 1.5)" % tensor(FIRST + SECOND), grad=False)
row("a = %s; ops.remove_small_boxes(a, min_size=3)" % tensor(FIRST + SECOND), grad=False)
MASKS = [[[0, 0, 0, 0], [0, 1, 0, 0], [0, 1, 3, 0]], [[0, 0, 0, 1], [0, 0, 0, 0], [0, 0, 0, 0]], [[1, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 1]]]
row("a = torch.tensor(%s); ops.masks_to_boxes(a)" % MASKS)
row("a = torch.tensor(%s).to(torch.bool); ops.masks_to_boxes(a)" % MASKS)
row("a = torch.zeros(0, 3, 4); ops.masks_to_boxes(a)", grad=False)

# ---- losses

for name in ["generalized_box_iou_loss", "distance_box_iou_loss", "complete_box_iou_loss"]:
    for options in ["", ", reduction='mean'", ", reduction='sum'", ", 'sum', 0.01"]:
        row("a = %s; b = %s; ops.%s(a, b%s)" % (tensor(FIRST), tensor(SHIFTED), name, options))
    row("a = %s; b = %s; ops.%s(a, b)" % (tensor(FIRST[0]), tensor(SHIFTED[0]), name))
    row("a = %s; b = %s; ops.%s(a, b)" % (tensor(FIRST[:3]), tensor(SECOND), name))
    row("a = torch.zeros(0, 4); b = torch.zeros(0, 4); ops.%s(a, b, 'mean')" % name)
    row("a = torch.tensor(%s); b = torch.tensor(%s); ops.%s(a, b)" % (WHOLE, WHOLE[::-1], name))
TARGETS = "torch.tensor([[0.0, 1.0, 1.0], [1.0, 0.0, 0.0]])"
for options in ["", ", 0.5, 1.5", ", alpha=-1.0, gamma=2.0", ", 0.25, 2.0, 'mean'", ", 0.25, 2.0, reduction='sum'", ", 0.25, 0.0"]:
    row("a = torch.randn(2, 3); b = %s; ops.sigmoid_focal_loss(a, b%s)" % (TARGETS, options), tolerance=2e-6)

# ---- dropping

for mode in ["batch", "row"]:
    for p in ["0.0", "0.4", "1.0"]:
        row("a = torch.randn(6, 2, 3); ops.stochastic_depth(a, %s, '%s')" % (p, mode))
    row("a = torch.randn(6, 2, 3); ops.stochastic_depth(a, 0.4, '%s', False)" % mode)
    row("m = ops.StochasticDepth(0.3, '%s'); a = torch.randn(6, 2, 3); m(a)" % mode)
    row("m = ops.StochasticDepth(p=0.3, mode='%s').eval(); a = torch.randn(6, 2, 3); m(a)" % mode)
BLOCKS = {2: "torch.randn(2, 3, 8, 9)", 3: "torch.randn(2, 2, 5, 6, 7)"}
for d in (2, 3):
    row("a = %s; ops.drop_block%dd(a, 0.3, 3)" % (BLOCKS[d], d))
    row("a = %s; ops.drop_block%dd(a, 0.0, 3)" % (BLOCKS[d], d))
    row("a = %s; ops.drop_block%dd(a, 0.2, 20)" % (BLOCKS[d].replace("8, 9", "7, 9"), d))
    row("a = %s; ops.drop_block%dd(a, 0.3, 3, False, 0.1, True)" % (BLOCKS[d], d))
    row("a = %s; ops.drop_block%dd(a, 0.3, 3, True, 1e-6, True)" % (BLOCKS[d], d), grad=False)
    row("a = %s; ops.drop_block%dd(a, 0.3, 3, False, 1e-6, False)" % (BLOCKS[d], d))
    row("m = ops.DropBlock%dd(0.2, 3); a = %s; m(a)" % (d, BLOCKS[d]))
    row("m = ops.DropBlock%dd(0.2, 3, True, 0.5); a = %s; m(a)" % (d, BLOCKS[d]), grad=False)

# ---- layers

row("m = ops.FrozenBatchNorm2d(3); a = torch.randn(2, 3, 4, 5); m(a)")
row("m = ops.FrozenBatchNorm2d(3, 0.01); a = torch.randn(2, 3, 4, 5); m(a)")
row("m = ops.Permute((1, 2, 0)); a = torch.randn(2, 3, 4); m(a)")
row("m = ops.SqueezeExcitation(4, 2); a = torch.randn(2, 4, 3, 5); m(a)")
for options in ["", ", kernel_size=1", ", kernel_size=(3, 5), stride=2", ", padding=0", ", dilation=2", ", groups=2", ", norm_layer=None",
                ", activation_layer=None", ", norm_layer=None, bias=False", ", norm_layer=None, bias=True", ", inplace=False",
                ", kernel_size=(1, 3), dilation=(1, 2)", ", stride=(2, 1), padding=(1, 2)"]:
    row("m = ops.Conv2dNormActivation(2, 4%s); a = torch.randn(2, 2, 7, 9); m(a)" % options, tolerance=1e-5)
for options in ["", ", kernel_size=(1, 3, 3), stride=(1, 2, 2)", ", norm_layer=None, activation_layer=None"]:
    row("m = ops.Conv3dNormActivation(2, 3%s); a = torch.randn(2, 2, 4, 5, 6); m(a)" % options, tolerance=1e-5)
# A dropout in place destroys what the ReLU before it needs, in Python too.
for options in ["", ", dropout=0.5", ", bias=False"]:
    row("m = ops.MLP(4, [5, 6, 3]%s); a = torch.randn(7, 4); m(a)" % options, grad=False)
row("m = ops.MLP(4, [5, 6, 3], inplace=False); a = torch.randn(7, 4); m(a)")
row("m = ops.MLP(4, [3]); a = torch.randn(2, 4); m(a)")

golden.write()
