package org.torchbridge.vision.models;

import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.nn.BatchNorm;
import org.torchbridge.nn.BatchNorm2d;
import org.torchbridge.nn.Conv2d;
import org.torchbridge.nn.Layer;
import org.torchbridge.nn.ReLU;
import org.torchbridge.nn.Sequential;

/**
 * The residual block of the deeper networks: a 3x3 convolution between two 1x1 ones, beside a shortcut. As in torchvision
 * the 3x3 convolution has the stride.
 */
public class Bottleneck extends Layer {
    /** How many times more channels the block makes than it is told. */
    public static final long EXPANSION = 4;

    public Conv2d conv1;
    public BatchNorm bn1;
    public Conv2d conv2;
    public BatchNorm bn2;
    public Conv2d conv3;
    public BatchNorm bn3;
    public ReLU relu;
    public @Nullable Sequential downsample;

    /** A block from {@code inplanes} channels to four times {@code planes}. */
    public Bottleneck(long inplanes, long planes, BlockOptions options) {
        long width = planes * options.baseWidth() / BlockOptions.DEFAULT.baseWidth() * options.groups();
        conv1 = Convolutions.conv1x1(inplanes, width, 1);
        bn1 = new BatchNorm2d(width);
        conv2 = Convolutions.conv3x3(width, width, options.stride(), options.groups(), options.dilation());
        bn2 = new BatchNorm2d(width);
        conv3 = Convolutions.conv1x1(width, planes * EXPANSION, 1);
        bn3 = new BatchNorm2d(planes * EXPANSION);
        relu = new ReLU(true);
        downsample = options.downsample();
    }

    @Override
    public Tensor forward(Tensor x) {
        Tensor out = relu.call(bn1.call(conv1.call(x)));
        out = relu.call(bn2.call(conv2.call(out)));
        out = bn3.call(conv3.call(out));
        Tensor identity = downsample == null ? x : downsample.call(x);
        return relu.call(out.add_(identity));
    }
}
