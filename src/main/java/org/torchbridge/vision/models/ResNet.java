package org.torchbridge.vision.models;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.nn.AdaptiveAvgPool2d;
import org.torchbridge.nn.BatchNorm;
import org.torchbridge.nn.BatchNorm2d;
import org.torchbridge.nn.Conv2d;
import org.torchbridge.nn.Init;
import org.torchbridge.nn.Layer;
import org.torchbridge.nn.Linear;
import org.torchbridge.nn.MaxPool2d;
import org.torchbridge.nn.Module;
import org.torchbridge.nn.ReLU;
import org.torchbridge.nn.Sequential;

/**
 * Residual networks for images: ResNet, ResNeXt and wide ResNet.
 *
 * <pre>{@code
 * ResNet model = ResNet.resnet18();
 * model.loadStateDict(Torch.load(Path.of("resnet18-f37072fd.pth")).stateDict());
 * model.fc = new Linear(model.fc.inFeatures(), 300);
 * Tensor scores = model.call(images);
 * }</pre>
 *
 * <p>Shapes: (N, 3, H, W) to (N, classes); to (N, features) without {@link #fc}. Any H and W will do; 224 is usual.
 *
 * <p>Children and their order are torchvision's, and so are the state-dict keys.
 *
 * <p>Follows <a href="https://pytorch.org/vision/stable/models/resnet.html">torchvision.models.resnet</a>.
 */
public class ResNet extends Layer {
    private static final long[] PLANES = {64, 128, 256, 512};

    private static final Map<String, Function<Options, ResNet>> BY_NAME = new LinkedHashMap<>();

    static {
        BY_NAME.put("resnet18", ResNet::resnet18);
        BY_NAME.put("resnet34", ResNet::resnet34);
        BY_NAME.put("resnet50", ResNet::resnet50);
        BY_NAME.put("resnet101", ResNet::resnet101);
        BY_NAME.put("resnet152", ResNet::resnet152);
        BY_NAME.put("resnext50_32x4d", ResNet::resnext50_32x4d);
        BY_NAME.put("resnext101_32x8d", ResNet::resnext101_32x8d);
        BY_NAME.put("resnext101_64x4d", ResNet::resnext101_64x4d);
        BY_NAME.put("wide_resnet50_2", ResNet::wideResnet50_2);
        BY_NAME.put("wide_resnet101_2", ResNet::wideResnet101_2);
    }

    public Conv2d conv1;
    public BatchNorm bn1;
    public ReLU relu;
    public MaxPool2d maxpool;
    public Sequential layer1;
    public Sequential layer2;
    public Sequential layer3;
    public Sequential layer4;
    public AdaptiveAvgPool2d avgpool;

    /**
     * The last layer. It is a {@link Linear}, so that its replacement can ask for its {@link Linear#inFeatures}. Without it,
     * null, the model returns the features: the way to put something else on top, {@code new Sequential(model, head)}.
     */
    public @Nullable Linear fc;

    /** The kinds of residual block. */
    public enum Block {
        /** {@link BasicBlock}. */
        BASIC(BasicBlock.EXPANSION, BasicBlock::new),
        /** {@link Bottleneck}. */
        BOTTLENECK(Bottleneck.EXPANSION, Bottleneck::new);

        private interface Factory {
            Layer create(long inplanes, long planes, BlockOptions options);
        }

        private final long expansion;
        private final Factory factory;

        Block(long expansion, Factory factory) {
            this.expansion = expansion;
            this.factory = factory;
        }
    }

    /**
     * What all networks of the family can be told.
     *
     * @param numClasses the number of scores; default 1000
     * @param zeroInitResidual whether each block starts as the identity; default {@code false}
     * @param groups of the 3x3 convolutions; default 1
     * @param widthPerGroup channels of each group where a block has 64 channels; default 64
     * @param dilateLayers for {@link #layer2} to {@link #layer4}, whether the layer dilates its convolutions where it
     *     would halve the size: {@code replace_stride_with_dilation} in Python; default no layer does
     */
    public record Options(
            long numClasses, boolean zeroInitResidual, long groups, long widthPerGroup, List<Boolean> dilateLayers) {
        public Options {
            if (dilateLayers.size() != 3) {
                throw new IllegalArgumentException("dilateLayers has " + dilateLayers.size()
                        + " elements; 3 are expected, for layer2, layer3 and layer4");
            }
            dilateLayers = List.copyOf(dilateLayers);
        }

        public Options numClasses(long numClasses) {
            return new Options(numClasses, zeroInitResidual, groups, widthPerGroup, dilateLayers);
        }

        public Options zeroInitResidual(boolean zeroInitResidual) {
            return new Options(numClasses, zeroInitResidual, groups, widthPerGroup, dilateLayers);
        }

        public Options groups(long groups) {
            return new Options(numClasses, zeroInitResidual, groups, widthPerGroup, dilateLayers);
        }

        public Options widthPerGroup(long widthPerGroup) {
            return new Options(numClasses, zeroInitResidual, groups, widthPerGroup, dilateLayers);
        }

        public Options dilateLayers(boolean layer2, boolean layer3, boolean layer4) {
            return new Options(numClasses, zeroInitResidual, groups, widthPerGroup, List.of(layer2, layer3, layer4));
        }
    }

    public static Options options() {
        return new Options(1000, false, 1, 64, List.of(false, false, false));
    }

    /** A network with {@code blocks[i]} blocks in its i-th layer. */
    public ResNet(Block block, int[] blocks, Options options) {
        if (blocks.length != PLANES.length) {
            throw new IllegalArgumentException(
                    "the numbers of blocks are given for " + blocks.length + " layers; a ResNet has " + PLANES.length);
        }
        conv1 = new Conv2d(
                3, PLANES[0], 7, Conv2d.options().stride(2).padding(3).bias(false));
        bn1 = new BatchNorm2d(PLANES[0]);
        relu = new ReLU(true);
        maxpool = new MaxPool2d(3, MaxPool2d.options().stride(2).padding(1));
        LayerMaker maker = new LayerMaker(block, options);
        layer1 = maker.make(PLANES[0], blocks[0], 1, false);
        layer2 = maker.make(PLANES[1], blocks[1], 2, options.dilateLayers().get(0));
        layer3 = maker.make(PLANES[2], blocks[2], 2, options.dilateLayers().get(1));
        layer4 = maker.make(PLANES[3], blocks[3], 2, options.dilateLayers().get(2));
        avgpool = new AdaptiveAvgPool2d(1, 1);
        fc = new Linear(maker.channels, options.numClasses());
        initialize(options.zeroInitResidual());
    }

    @Override
    public Tensor forward(Tensor x) {
        Tensor out = maxpool.call(relu.call(bn1.call(conv1.call(x))));
        out = layer4.call(layer3.call(layer2.call(layer1.call(out))));
        out = avgpool.call(out).flatten(1);
        return fc == null ? out : fc.call(out);
    }

    private void initialize(boolean zeroInitResidual) {
        // Batch normalisation starts at 1 and 0 by itself.
        for (Module module : modules()) {
            if (module instanceof Conv2d convolution) {
                Init.kaimingNormal_(convolution.weight.tensor(), 0, Init.FanMode.FAN_OUT, Init.Nonlinearity.RELU);
            }
        }
        if (zeroInitResidual) {
            modules().forEach(ResNet::zeroLastNormalization);
        }
    }

    private static void zeroLastNormalization(Module module) {
        if (module instanceof Bottleneck block) {
            Init.zeros_(block.bn3.weight.tensor());
        } else if (module instanceof BasicBlock block) {
            Init.zeros_(block.bn2.weight.tensor());
        }
    }

    /** Makes the four layers, each of which starts with what the one before it ends with. */
    private static final class LayerMaker {
        private final Block block;
        private final Options options;
        private long channels = PLANES[0];
        private long dilation = 1;

        LayerMaker(Block block, Options options) {
            this.block = block;
            this.options = options;
        }

        Sequential make(long planes, int blocks, long layerStride, boolean dilate) {
            long stride = dilate ? 1 : layerStride;
            long firstDilation = dilation;
            dilation *= dilate ? layerStride : 1;
            long outChannels = planes * block.expansion;
            // The first block's shortcut is drawn before the block, which the same weights for the same seed depend on.
            Sequential downsample = stride == 1 && channels == outChannels
                    ? null
                    : new Sequential(Convolutions.conv1x1(channels, outChannels, stride), new BatchNorm2d(outChannels));
            Sequential layer = new Sequential(create(planes, stride, downsample, firstDilation));
            channels = outChannels;
            for (int i = 1; i < blocks; i++) {
                layer.append(create(planes, 1, null, dilation));
            }
            return layer;
        }

        private Layer create(long planes, long stride, @Nullable Sequential downsample, long blockDilation) {
            return block.factory.create(
                    channels,
                    planes,
                    new BlockOptions(stride, downsample, options.groups(), options.widthPerGroup(), blockDilation));
        }
    }

    // ---- the family

    /** The names that torchvision gives to the networks of this family. */
    public static List<String> names() {
        return List.copyOf(BY_NAME.keySet());
    }

    /**
     * The network with torchvision's name {@code name}.
     *
     * @throws IllegalArgumentException if there is none; the message lists those that there are
     */
    public static ResNet named(String name, Options options) {
        Function<Options, ResNet> factory = BY_NAME.get(name);
        if (factory == null) {
            throw new IllegalArgumentException(
                    "there is no model '" + name + "'; there are " + String.join(", ", names()));
        }
        return factory.apply(options);
    }

    /** ResNet of 18 layers, with random weights. */
    public static ResNet resnet18() {
        return resnet18(options());
    }

    /** ResNet of 18 layers, with random weights. */
    public static ResNet resnet18(Options options) {
        return new ResNet(Block.BASIC, new int[] {2, 2, 2, 2}, options);
    }

    /** ResNet of 34 layers, with random weights. */
    public static ResNet resnet34() {
        return resnet34(options());
    }

    /** ResNet of 34 layers, with random weights. */
    public static ResNet resnet34(Options options) {
        return new ResNet(Block.BASIC, new int[] {3, 4, 6, 3}, options);
    }

    /** ResNet of 50 layers, with random weights. */
    public static ResNet resnet50() {
        return resnet50(options());
    }

    /** ResNet of 50 layers, with random weights. */
    public static ResNet resnet50(Options options) {
        return new ResNet(Block.BOTTLENECK, new int[] {3, 4, 6, 3}, options);
    }

    /** ResNet of 101 layers, with random weights. */
    public static ResNet resnet101() {
        return resnet101(options());
    }

    /** ResNet of 101 layers, with random weights. */
    public static ResNet resnet101(Options options) {
        return new ResNet(Block.BOTTLENECK, new int[] {3, 4, 23, 3}, options);
    }

    /** ResNet of 152 layers, with random weights. */
    public static ResNet resnet152() {
        return resnet152(options());
    }

    /** ResNet of 152 layers, with random weights. */
    public static ResNet resnet152(Options options) {
        return new ResNet(Block.BOTTLENECK, new int[] {3, 8, 36, 3}, options);
    }

    /** ResNeXt of 50 layers with 32 groups of 4 channels, with random weights. */
    public static ResNet resnext50_32x4d() {
        return resnext50_32x4d(options());
    }

    /** ResNeXt of 50 layers with 32 groups of 4 channels, with random weights; groups and width are the network's own. */
    public static ResNet resnext50_32x4d(Options options) {
        return new ResNet(
                Block.BOTTLENECK, new int[] {3, 4, 6, 3}, options.groups(32).widthPerGroup(4));
    }

    /** ResNeXt of 101 layers with 32 groups of 8 channels, with random weights. */
    public static ResNet resnext101_32x8d() {
        return resnext101_32x8d(options());
    }

    /** ResNeXt of 101 layers with 32 groups of 8 channels, with random weights; groups and width are the network's own. */
    public static ResNet resnext101_32x8d(Options options) {
        return new ResNet(
                Block.BOTTLENECK, new int[] {3, 4, 23, 3}, options.groups(32).widthPerGroup(8));
    }

    /** ResNeXt of 101 layers with 64 groups of 4 channels, with random weights. */
    public static ResNet resnext101_64x4d() {
        return resnext101_64x4d(options());
    }

    /** ResNeXt of 101 layers with 64 groups of 4 channels, with random weights; groups and width are the network's own. */
    public static ResNet resnext101_64x4d(Options options) {
        return new ResNet(
                Block.BOTTLENECK, new int[] {3, 4, 23, 3}, options.groups(64).widthPerGroup(4));
    }

    /** ResNet of 50 layers with 3x3 convolutions of twice the width, with random weights. */
    public static ResNet wideResnet50_2() {
        return wideResnet50_2(options());
    }

    /** ResNet of 50 layers with 3x3 convolutions of twice the width, with random weights; the width is the network's own. */
    public static ResNet wideResnet50_2(Options options) {
        return new ResNet(Block.BOTTLENECK, new int[] {3, 4, 6, 3}, options.widthPerGroup(128));
    }

    /** ResNet of 101 layers with 3x3 convolutions of twice the width, with random weights. */
    public static ResNet wideResnet101_2() {
        return wideResnet101_2(options());
    }

    /** ResNet of 101 layers with 3x3 convolutions of twice the width, with random weights; the width is the network's own. */
    public static ResNet wideResnet101_2(Options options) {
        return new ResNet(Block.BOTTLENECK, new int[] {3, 4, 23, 3}, options.widthPerGroup(128));
    }
}
