package org.torchbridge.nn.ported;

import java.util.ArrayList;
import java.util.List;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.nn.AdaptiveAvgPool2d;
import org.torchbridge.nn.BatchNorm2d;
import org.torchbridge.nn.Conv2d;
import org.torchbridge.nn.ConvTranspose2d;
import org.torchbridge.nn.Dropout;
import org.torchbridge.nn.Functional;
import org.torchbridge.nn.GroupNorm;
import org.torchbridge.nn.Hardswish;
import org.torchbridge.nn.Init;
import org.torchbridge.nn.Layer;
import org.torchbridge.nn.Linear;
import org.torchbridge.nn.MaxPool2d;
import org.torchbridge.nn.Module;
import org.torchbridge.nn.ModuleList;
import org.torchbridge.nn.PairLayer;
import org.torchbridge.nn.ReLU;
import org.torchbridge.nn.Sequential;
import org.torchbridge.nn.SiLU;

/** The convolutional networks of tests/python/make_ported_models.py. */
public final class ConvolutionalNetworks {
    private ConvolutionalNetworks() {}

    public static final class Vgg extends Layer {
        /** Among the sizes: a pooling. */
        public static final int M = 0;

        Sequential features;
        AdaptiveAvgPool2d avgpool = new AdaptiveAvgPool2d(2, 2);
        Sequential classifier;

        public Vgg(int[] sizes, long numClasses) {
            features = makeLayers(sizes);
            classifier = new Sequential(
                    new Linear(sizes[sizes.length - 1] * 2 * 2, 16),
                    new ReLU(true),
                    new Dropout(0.3),
                    new Linear(16, numClasses));
        }

        private static Sequential makeLayers(int[] sizes) {
            List<Layer> layers = new ArrayList<>();
            int inChannels = 3;
            for (int size : sizes) {
                if (size == M) {
                    layers.add(new MaxPool2d(2, MaxPool2d.options().stride(2)));
                } else {
                    layers.add(new Conv2d(inChannels, size, 3, Conv2d.options().padding(1)));
                    layers.add(new BatchNorm2d(size));
                    layers.add(new ReLU(true));
                    inChannels = size;
                }
            }
            return new Sequential(layers);
        }

        @Override
        public Tensor forward(Tensor input) {
            Tensor x = features.call(input);
            x = avgpool.call(x);
            x = x.flatten(1);
            return classifier.call(x);
        }
    }

    static final class DoubleConv extends Layer {
        Sequential doubleConv;

        DoubleConv(long inChannels, long outChannels) {
            Conv2d.Options same = Conv2d.options().padding(1).bias(false);
            doubleConv = new Sequential(
                    new Conv2d(inChannels, outChannels, 3, same),
                    new BatchNorm2d(outChannels),
                    new ReLU(true),
                    new Conv2d(outChannels, outChannels, 3, same),
                    new BatchNorm2d(outChannels),
                    new ReLU(true));
        }

        @Override
        public Tensor forward(Tensor x) {
            return doubleConv.call(x);
        }
    }

    static final class Up extends PairLayer {
        ConvTranspose2d up;
        DoubleConv conv;

        Up(long inChannels, long outChannels) {
            up = new ConvTranspose2d(
                    inChannels, inChannels / 2, 2, ConvTranspose2d.options().stride(2));
            conv = new DoubleConv(inChannels, outChannels);
        }

        @Override
        public Tensor forward(Tensor input, Tensor skip) {
            Tensor x = up.call(input);
            long dh = skip.size(2) - x.size(2);
            long dw = skip.size(3) - x.size(3);
            x = Functional.pad(x, dw / 2, dw - dw / 2, dh / 2, dh - dh / 2);
            return conv.call(Torch.cat(List.of(skip, x), 1));
        }
    }

    public static final class UNet extends Layer {
        DoubleConv inc;
        Sequential down1;
        Sequential down2;
        Up up1;
        Up up2;
        Conv2d outc;

        public UNet(long channels, long classes) {
            inc = new DoubleConv(channels, 2);
            down1 = new Sequential(new MaxPool2d(2), new DoubleConv(2, 4));
            down2 = new Sequential(new MaxPool2d(2), new DoubleConv(4, 8));
            up1 = new Up(8, 4);
            up2 = new Up(4, 2);
            outc = new Conv2d(2, classes, 1);
        }

        @Override
        public Tensor forward(Tensor x) {
            Tensor x1 = inc.call(x);
            Tensor x2 = down1.call(x1);
            Tensor x3 = down2.call(x2);
            Tensor y = up1.call(x3, x2);
            y = up2.call(y, x1);
            return outc.call(y);
        }
    }

    static final class SqueezeExcite extends Layer {
        Conv2d fc1;
        Conv2d fc2;

        SqueezeExcite(long channels, long reduction) {
            fc1 = new Conv2d(channels, channels / reduction, 1);
            fc2 = new Conv2d(channels / reduction, channels, 1);
        }

        @Override
        public Tensor forward(Tensor x) {
            Tensor scale = x.mean(new long[] {2, 3}, true);
            scale = Functional.silu(fc1.call(scale));
            return x.mul(fc2.call(scale).sigmoid());
        }
    }

    static final class InvertedResidual extends Layer {
        boolean useResidual;
        Sequential conv;

        InvertedResidual(long inChannels, long outChannels, long stride, long expand) {
            long hidden = inChannels * expand;
            useResidual = stride == 1 && inChannels == outChannels;
            Conv2d.Options noBias = Conv2d.options().bias(false);
            conv = new Sequential(
                    new Conv2d(inChannels, hidden, 1, noBias),
                    new GroupNorm(2, hidden),
                    new SiLU(),
                    new Conv2d(
                            hidden, hidden, 3, noBias.stride(stride).padding(1).groups(hidden)),
                    new GroupNorm(2, hidden),
                    new SiLU(),
                    new SqueezeExcite(hidden, 4),
                    new Conv2d(hidden, outChannels, 1, noBias),
                    new GroupNorm(2, outChannels));
        }

        @Override
        public Tensor forward(Tensor x) {
            return useResidual ? x.add(conv.call(x)) : conv.call(x);
        }
    }

    public static final class MobileNet extends Layer {
        Sequential stem =
                new Sequential(new Conv2d(3, 8, 3, Conv2d.options().stride(2).padding(1)), new Hardswish());
        ModuleList<InvertedResidual> blocks = new ModuleList<>(
                new InvertedResidual(8, 8, 1, 2),
                new InvertedResidual(8, 12, 2, 2),
                new InvertedResidual(12, 12, 1, 2));
        Linear head;

        public MobileNet(long numClasses) {
            head = new Linear(12, numClasses);
            for (Module m : modules()) {
                if (m instanceof Conv2d conv) {
                    Init.kaimingNormal_(conv.weight.tensor(), 0, Init.FanMode.FAN_OUT, Init.Nonlinearity.RELU);
                    if (conv.bias != null) {
                        Init.zeros_(conv.bias.tensor());
                    }
                } else if (m instanceof Linear linear) {
                    Init.truncNormal_(linear.weight.tensor(), 0, 0.02);
                    Init.zeros_(linear.bias.tensor());
                }
            }
        }

        @Override
        public Tensor forward(Tensor input) {
            Tensor x = stem.call(input);
            for (InvertedResidual block : blocks) {
                x = block.call(x);
            }
            x = Functional.adaptiveAvgPool2d(x, 1).flatten(1);
            return head.call(x);
        }
    }
}
