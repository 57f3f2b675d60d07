package org.torchbridge.nn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.torchbridge.DType;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

/** Modules print what Python prints, to the character. */
class ModuleTextTest {
    private static final Map<String, String> TEXTS = Golden.texts("/nn/texts.txt");
    private static final Map<String, Supplier<? extends Object>> PRINTED = new LinkedHashMap<>();

    static {
        PRINTED.put(
                "batch_norm_text",
                () -> new BatchNorm2d(16, BatchNorm2d.options().eps(1.5e-7).momentum(0.01)));
        PRINTED.put("relu_inplace", () -> new ReLU(true));
        PRINTED.put("dropout_inplace", () -> new Dropout(0.5, true));
        PRINTED.put("empty", Sequential::new);
        PRINTED.put("nested", ModuleTextTest::nested);
        PRINTED.put("block", () -> new Sequential(block(), new Block(8, 8, null)));
        PRINTED.put("list", () -> new ModuleList<Layer>(new Linear(2, 3), new Dropout(1e-5)));
        PRINTED.put("dict", ModuleTextTest::dict);
        PRINTED.put("parameter_list", () -> new ParameterList(parameter(2, 3), parameter(4)));
        PRINTED.put("parameter_dict", ModuleTextTest::parameterDict);
        PRINTED.put("empty_list", ParameterList::new);
        PRINTED.put("lazy", () -> new Sequential(new LazyLinear(3), new LazyLinear(2, false)));
        PRINTED.put("uninitialized", () -> new LazyLinear(3).weight);
        PRINTED.put("extra_line", () -> new Options("size=3", null));
        PRINTED.put("extra_lines", () -> new Options("size=3\ndepth=4", null));
        PRINTED.put("extra_and_child", () -> new Options("size=3", new ReLU()));
        PRINTED.put("parameter", ModuleTextTest::parameter);
    }

    /** Built like torchvision's BasicBlock. */
    static final class Block extends Layer {
        final Conv2d conv1;
        final BatchNorm2d bn1;
        final ReLU relu = new ReLU(true);
        final @Nullable Layer downsample;

        Block(long inPlanes, long planes, @Nullable Layer downsample) {
            conv1 = new Conv2d(
                    inPlanes, planes, 3, Conv2d.options().stride(2).padding(1).bias(false));
            bn1 = new BatchNorm2d(planes);
            this.downsample = downsample;
        }

        @Override
        public Tensor forward(Tensor input) {
            return relu.call(bn1.call(conv1.call(input)));
        }
    }

    private static final class Options extends Identity {
        private final String extra;
        private final @Nullable Module child;

        Options(String extra, @Nullable Module child) {
            this.extra = extra;
            this.child = child;
        }

        @Override
        public String extraRepr() {
            return extra;
        }
    }

    static Stream<String> names() {
        return PRINTED.keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("names")
    void printsWhatPythonPrints(String name) {
        assertThat(PRINTED.get(name).get().toString()).isEqualTo(TEXTS.get(name));
    }

    @Test
    void anAnonymousClassHasTheNameOfWhatItExtends() {
        Layer doubled = new Identity() {
            @Override
            public Tensor forward(Tensor input) {
                return input.mul(2);
            }
        };
        assertThat(doubled).hasToString("Identity()");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"0.0", "1.0", "0.5", "1e-05", "0.0001", "1.5e-07", "123456.789", "1e+16", "2e-308", "0.002"})
    void numbersAreWrittenAsInPython(String text) {
        assertThat(PythonText.of(Double.parseDouble(text))).isEqualTo(text);
    }

    static Block block() {
        Conv2d conv = new Conv2d(3, 8, 1, Conv2d.options().stride(2).bias(false));
        return new Block(3, 8, new Sequential(conv, new BatchNorm2d(8)));
    }

    private static Module nested() {
        return new Sequential(new Sequential(new Linear(2, 3), new ReLU()), new Sequential(), new Identity());
    }

    private static Module dict() {
        Map<String, Module> modules = new LinkedHashMap<>();
        modules.put("one", new Linear(2, 3));
        modules.put("two", new Sequential(new ReLU()));
        return new ModuleDict<>(modules);
    }

    private static Module parameterDict() {
        ParameterDict dict = new ParameterDict();
        dict.put("one", parameter(2, 3));
        dict.put("two", new Parameter(Torch.zeros(new long[] {4}, DType.FLOAT64)));
        return dict;
    }

    private static Parameter parameter(long... shape) {
        return new Parameter(Torch.zeros(shape));
    }

    private static Parameter parameter() {
        Torch.manualSeed(7);
        return new Linear(2, 3).weight;
    }
}
