package org.torchbridge.jit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.torchbridge.GradMode;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.TorchException;
import org.torchbridge.autograd.Context;
import org.torchbridge.autograd.UnaryFunction;
import org.torchbridge.graph.Node;
import org.torchbridge.internal.NativeTracer;
import org.torchbridge.nn.BatchNorm1d;
import org.torchbridge.nn.Buffer;
import org.torchbridge.nn.Conv2d;
import org.torchbridge.nn.Dropout;
import org.torchbridge.nn.LSTM;
import org.torchbridge.nn.Layer;
import org.torchbridge.nn.LazyLinear;
import org.torchbridge.nn.Linear;
import org.torchbridge.nn.Module;
import org.torchbridge.nn.ReLU;
import org.torchbridge.nn.Sequential;

class TraceTest {
    private final List<String> warnings = new ArrayList<>();
    private final TraceOptions options = TraceOptions.options().warnings(warnings::add);

    /** A layer with one child, whose forward is {@code body}. */
    private static final class Custom extends Layer {
        final Linear fc = new Linear(3, 4);
        private final transient UnaryOperator<Tensor> body;

        Custom(UnaryOperator<Tensor> body) {
            this.body = body;
        }

        @Override
        public Tensor forward(Tensor x) {
            return fc.call(body.apply(x));
        }
    }

    private ScriptModule trace(Layer layer, Tensor example) {
        return ScriptModule.trace(layer, in -> layer.call(in.get(0)), List.of(example), options);
    }

    private static void assertSame(Layer layer, ScriptModule traced, Tensor input) {
        assertThat(traced.call(input).allclose(layer.call(input), 1e-5, 1e-6)).isTrue();
    }

    // ---- what it is

    @Test
    void itDoesTheSameForAnotherBatchSize() {
        Sequential net = new Sequential(new Conv2d(3, 4, 3), new ReLU());

        ScriptModule traced = ScriptModule.trace(net, Torch.randn(2, 3, 8, 8));

        assertSame(net, traced, Torch.randn(5, 3, 8, 8));
    }

    @Test
    void parametersHaveTheNamesAndTheMemoryOfTheJavaModule() {
        Custom layer = new Custom(x -> x);

        ScriptModule traced = trace(layer, Torch.randn(2, 3));

        assertThat(traced.stateDict().keySet())
                .containsExactlyElementsOf(layer.stateDict().keySet());
        Tensor x = Torch.randn(2, 3);
        try (GradMode mode = Torch.noGrad()) {
            layer.fc.bias.tensor().add_(1);
        }
        assertSame(layer, traced, x);
        traced.call(x).sum().backward();
        assertThat(layer.fc.weight.grad()).isNotNull();
    }

    @Test
    void modesOfModulesAreKept() {
        Sequential net = new Sequential(new Linear(3, 4), new Dropout(0.5));
        net.get(1).eval();

        ScriptModule traced = trace(net, Torch.randn(2, 3));

        assertThat(traced.isTraining()).isTrue();
        assertThat(traced.getSubmodule("1").isTraining()).isFalse();
    }

    @Test
    void aTensorUnderTwoNamesIsUnderBoth() {
        Sequential net = new Sequential(new Linear(3, 3), new Linear(3, 3));
        ((Linear) net.get(1)).weight = ((Linear) net.get(0)).weight;

        ScriptModule traced = trace(net, Torch.randn(2, 3));

        assertThat(traced.stateDict().keySet()).containsExactly("0.weight", "0.bias", "1.weight", "1.bias");
        assertSame(net, traced, Torch.randn(4, 3));
    }

    @Test
    void aBufferThatIsNotInTheStateDictIsNotInThatOfTheTrace() {
        Layer layer = new Layer() {
            final Buffer table = new Buffer(Torch.randn(3), false);

            @Override
            public Tensor forward(Tensor input) {
                return input.add(table.tensor());
            }
        };

        ScriptModule traced = trace(layer, Torch.randn(2, 3));

        assertThat(traced.stateDict()).isEmpty();
        assertSame(layer, traced, Torch.randn(4, 3));
    }

    @Test
    void aLazyModuleGetsItsShapesFromTheExample() {
        LazyLinear layer = new LazyLinear(4);

        assertSame(layer, trace(layer, Torch.randn(2, 3)), Torch.randn(5, 3));
    }

    // ---- inputs and outputs

    @Test
    void severalInputsAndARecordOfOutputs() {
        LSTM lstm = new LSTM(3, 4);
        List<Tensor> example = List.of(Torch.randn(5, 2, 3), Torch.zeros(1, 2, 4), Torch.zeros(1, 2, 4));
        List<Tensor> second = List.of(Torch.randn(7, 3, 3), Torch.zeros(1, 3, 4), Torch.zeros(1, 3, 4));

        ScriptModule traced = ScriptModule.trace(
                lstm, in -> lstm.call(in.get(0), new LSTM.State(in.get(1), in.get(2))), example, second, options);

        List<?> outputs =
                (List<?>) traced.run("forward", Torch.ones(2, 6, 3), Torch.ones(1, 6, 4), Torch.ones(1, 6, 4));
        LSTM.Output expected = lstm.call(Torch.ones(2, 6, 3), new LSTM.State(Torch.ones(1, 6, 4), Torch.ones(1, 6, 4)));
        assertThat(outputs).hasSize(3);
        assertThat(((Tensor) outputs.get(0)).allclose(expected.output())).isTrue();
        assertThat(((Tensor) outputs.get(2)).allclose(expected.c())).isTrue();
        assertThat(warnings).isEmpty();
    }

    @Test
    void listsAndNullsAreTuplesAndNone() {
        ScriptModule traced = ScriptModule.trace(
                new ReLU(),
                in -> java.util.Arrays.asList(
                        in.get(0).relu(), null, List.of(in.get(0).neg())),
                List.of(Torch.randn(2, 3)),
                options);

        List<?> outputs = (List<?>) traced.run("forward", Torch.ones(4, 3));
        assertThat(outputs).hasSize(3);
        assertThat(outputs.get(1)).isNull();
        assertThat(((List<?>) outputs.get(2)).get(0)).isInstanceOf(Tensor.class);
    }

    @Test
    void otherOutputsAreRefused() {
        assertThatThrownBy(() -> ScriptModule.trace(new ReLU(), in -> "text", List.of(Torch.randn(2, 3)), options))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("java.lang.String");
    }

    @Test
    void examplesAreChecked() {
        ReLU relu = new ReLU();
        assertThatThrownBy(() -> ScriptModule.trace(relu, in -> null, List.of(), options))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no example input");
        Tensor x = Torch.randn(2);
        assertThatThrownBy(() -> ScriptModule.trace(relu, in -> in.get(0), List.of(x), List.of(x, x), options))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("has 2 inputs; 1 are expected");
    }

    // ---- sizes

    @Test
    void sizesThatJavaReadsAreThoseOfTheInput() {
        Custom layer = new Custom(x -> x.view(x.size(0) * x.size(1))
                .view(x.size(0), x.size(1))
                .add(Torch.arange(x.size(0)).unsqueeze(1)));

        assertSame(layer, trace(layer, Torch.randn(2, 3)), Torch.randn(7, 3));
        assertThat(warnings).isEmpty();
    }

    @Test
    void nodesKnowTheModulesThatTheyAreOf(@TempDir Path folder) {
        Sequential inner = new Sequential(new Linear(3, 2), new ReLU());
        ScriptModule traced = trace(new Sequential(inner, new ReLU()), Torch.randn(4, 3));
        Path file = folder.resolve("traced.pt");
        traced.save(file);

        for (ScriptModule module : List.of(traced, ScriptModule.load(file))) {
            assertThat(module.toGraph("forward").body().nodes().stream()
                            .filter(node -> node.kind().equals("aten::relu")
                                    || node.kind().equals("aten::linear"))
                            .map(Node::scope))
                    .containsExactly("0.0", "0.1", "1");
        }
    }

    @Test
    void aLoopOverASizeIsFrozenAndSaid() {
        Custom layer = new Custom(x -> {
            Tensor sum = x;
            for (int i = 0; i < x.size(0); i++) {
                sum = sum.add(1);
            }
            return sum;
        });

        trace(layer, Torch.randn(2, 3));

        assertThat(warnings)
                .anyMatch(text -> text.contains("another way") && text.contains("aten::add (TraceTest.java:"));
    }

    @Test
    void whereNoOtherSizeIsTakenASecondExampleIsAskedFor() {
        Custom fixed = new Custom(x -> x.reshape(2, 3));

        trace(fixed, Torch.randn(2, 3));

        assertThat(warnings).singleElement().asString().contains("give a second example");
    }

    @Test
    void aSecondExampleSaysWhichSizesDiffer() {
        Layer layer = new Layer() {
            @Override
            public Tensor forward(Tensor x) {
                return x.view(x.size(0), x.size(1) * x.size(2));
            }
        };

        ScriptModule traced = ScriptModule.trace(
                layer,
                in -> layer.call(in.get(0)),
                List.of(Torch.randn(3, 8, 8)),
                List.of(Torch.randn(4, 9, 7)),
                options);

        assertSame(layer, traced, Torch.randn(6, 5, 4));
        assertThat(warnings).isEmpty();
    }

    // ---- what Java does on the way

    @Test
    void operatorsOfTheRawPresetsAreTraced() {
        Custom layer = new Custom(x -> Tensor.wrap(torch.tanh(x.unwrap())));

        assertSame(layer, trace(layer, Torch.randn(2, 3)), Torch.randn(4, 3));
    }

    @Test
    void tensorsOfJavaMemoryAreConstants() {
        Custom layer =
                new Custom(x -> x.mul(Torch.tensor(new float[] {1, 2, 3})).add(Torch.tensor(List.of(1, 2, 3))));

        assertSame(layer, trace(layer, Torch.randn(2, 3)), Torch.randn(4, 3));
        assertThat(warnings).isEmpty();
    }

    @Test
    void aValueThatJavaReadsIsReported() {
        Custom layer = new Custom(x -> x.sum().toDouble() > 0 ? x.relu() : x);

        trace(layer, Torch.ones(2, 3));

        assertThat(warnings).anyMatch(text -> text.contains("item()") && text.contains("TraceTest.java:"));
    }

    @Test
    void aFunctionWithABackwardOfItsOwnIsTracedThroughItsForward() {
        Custom layer = new Custom(x -> new UnaryFunction() {
            @Override
            protected Tensor forward(Context context, Tensor input) {
                return input.exp();
            }

            @Override
            protected Tensor backward(Context context, Tensor gradient) {
                return gradient;
            }
        }.apply(x));

        assertSame(layer, trace(layer, Torch.randn(2, 3).requiresGrad(true)), Torch.randn(4, 3));
    }

    @Test
    void aTensorThatLearnsAndBelongsToNoOneIsRefused() {
        Tensor foreign = Torch.randn(3).requiresGrad(true);

        assertThatThrownBy(() -> trace(new Custom(x -> x.mul(foreign)), Torch.randn(2, 3)))
                .isInstanceOf(TorchException.class)
                .hasMessageContaining("Parameter in a field");
        assertThat(NativeTracer.isTracing()).isFalse();
    }

    @Test
    void anExceptionOfForwardComesOut() {
        RuntimeException thrown = new IllegalStateException("from forward");

        assertThatThrownBy(() -> trace(
                        new Custom(x -> {
                            throw thrown;
                        }),
                        Torch.randn(2, 3)))
                .isSameAs(thrown);
    }

    @Test
    void oneTraceInsideAnotherIsRefused() {
        Custom layer = new Custom(x -> {
            if (NativeTracer.isTracing()) {
                trace(new ReLU(), x);
            }
            return x;
        });

        assertThatThrownBy(() -> trace(layer, Torch.randn(2, 3)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("already");
    }

    // ---- state

    @Test
    void buffersAreUpdatedByTheTracedModule() {
        Sequential net = new Sequential(new BatchNorm1d(3));
        ScriptModule traced = trace(net, Torch.randn(4, 3));

        traced.call(Torch.randn(6, 3));

        BatchNorm1d norm = (BatchNorm1d) net.get(0);
        assertThat(norm.numBatchesTracked.tensor().toLong()).isEqualTo(1);
        assertThat(norm.runningMean.tensor().abs().sum().toDouble()).isPositive();
        assertThat(warnings).isEmpty();
    }

    @Test
    void tracingLeavesStateAndRandomNumbersAsTheyWere() {
        Sequential net = new Sequential(new BatchNorm1d(3), new Dropout(0.5));
        Tensor before = Torch.defaultGenerator().getState();
        Tensor example = Torch.ones(4, 3);

        trace(net, example);

        assertThat(Torch.defaultGenerator().getState().equal(before)).isTrue();
        assertThat(net.stateDict().get("0.num_batches_tracked").toLong()).isZero();
        assertThat(example.equal(Torch.ones(4, 3))).isTrue();
        assertThat(warnings).isEmpty();
    }

    @Test
    void inputsThatForwardWritesToStayAsTheyAre() {
        Tensor example = Torch.ones(2, 3).neg();
        Layer layer = new ReLU(true);

        ScriptModule traced = trace(layer, example);

        assertThat(example.sum().toDouble()).isEqualTo(-6);
        assertThat(traced.call(Torch.ones(4, 3).neg()).sum().toDouble()).isZero();
    }

    @Test
    void aTraceWithoutGradientsLearns() {
        Custom layer = new Custom(x -> x);
        ScriptModule traced;
        try (GradMode mode = Torch.noGrad()) {
            traced = trace(layer, Torch.randn(2, 3));
        }

        traced.call(Torch.randn(4, 3)).sum().backward();

        assertThat(layer.fc.weight.grad()).isNotNull();
    }

    // ---- the check

    /** Does something else each time. */
    private static final class Moody extends Layer {
        private int calls;

        @Override
        public Tensor forward(Tensor input) {
            return input.mul(++calls);
        }
    }

    @Test
    void whatTheTracedModuleDoesOtherwiseIsReported() {
        trace(new Moody(), Torch.ones(2, 3));

        assertThat(warnings).anyMatch(text -> text.contains("differs from that of the Java module by up to"));
    }

    @Test
    void theCheckCanBeLeftOut() {
        Moody moody = new Moody();

        ScriptModule.trace(moody, in -> moody.call(in.get(0)), List.of(Torch.ones(2, 3)), options.check(false));

        assertThat(warnings).noneMatch(text -> text.contains("differs from that of the Java module"));
        assertThatThrownBy(() -> options.tolerance(-1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void threeHundredTracesTakeNoMemory() throws InterruptedException {
        Module net = new Sequential(new Linear(3, 4), new ReLU());
        Tensor x = Torch.randn(2, 3);
        long before = 0;
        for (int i = 0; i < 320; i++) {
            trace((Layer) net, x);
            if (i == 20) {
                before = live();
            }
        }
        long after = live();
        for (int tries = 0; after > before && tries < 20; tries++) {
            after = live();
        }
        assertThat(after).isLessThanOrEqualTo(before);
    }

    private static long live() throws InterruptedException {
        System.gc();
        Thread.sleep(300);
        return Torch.memory().bytes();
    }
}
