package org.torchbridge.vision.models;

import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.nn.BatchNorm;
import org.torchbridge.nn.BatchNorm2d;
import org.torchbridge.nn.Conv2d;
import org.torchbridge.nn.Layer;
import org.torchbridge.nn.ReLU;
import org.torchbridge.nn.Sequential;

/** The residual block of resnet18 and resnet34: two 3x3 convolutions beside a shortcut. */
public class BasicBlock extends Layer {
    /** How many times more channels the block makes than it is told. */
    public static final long EXPANSION = 1;

    public Conv2d conv1;
    public BatchNorm bn1;
    public ReLU relu;
    public Conv2d conv2;
    public BatchNorm bn2;
    public @Nullable Sequential downsample;

    /** A block from {@code inplanes} channels to {@code planes}. */
    public BasicBlock(long inplanes, long planes, BlockOptions options) {
        if (options.groups() != 1
                || options.baseWidth() != BlockOptions.DEFAULT.baseWidth()
                || options.dilation() != 1) {
            throw new IllegalArgumentException("a BasicBlock has one group, base width 64 and dilation 1, not "
                    + options.groups() + ", " + options.baseWidth() + " and " + options.dilation()
                    + "; Bottleneck can have others");
        }
        conv1 = Convolutions.conv3x3(inplanes, planes, options.stride(), 1, 1);
        bn1 = new BatchNorm2d(planes);
        relu = new ReLU(true);
        conv2 = Convolutions.conv3x3(planes, planes, 1, 1, 1);
        bn2 = new BatchNorm2d(planes);
        downsample = options.downsample();
    }

    @Override
    public Tensor forward(Tensor x) {
        Tensor out = relu.call(bn1.call(conv1.call(x)));
        out = bn2.call(conv2.call(out));
        Tensor identity = downsample == null ? x : downsample.call(x);
        return relu.call(out.add_(identity));
    }
}
