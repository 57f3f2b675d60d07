package org.torchbridge.jit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.GraphBuilder;
import org.torchbridge.graph.Slot;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Value;
import org.torchbridge.nn.Identity;
import org.torchbridge.nn.Linear;
import org.torchbridge.nn.ReLU;

/** Programs become modules that call each other, by the scopes of their nodes. */
class MethodDivisionTest {
    @TempDir
    private Path folder;

    private final Graph graph = new Graph();
    private final Value x = graph.addInput("x", Type.TENSOR);
    private final GraphBuilder g = GraphBuilder.at(graph.body());
    private final Tensor input = Torch.tensor(-1.0f, 2.0f, 3.0f);

    private Value in(String scope, String kind, Object... arguments) {
        g.from(scope, "");
        return g.op(kind, arguments);
    }

    private Value read(String slot) {
        graph.slots().putIfAbsent(slot, Slot.parameter(Torch.ones(3)));
        return g.get(slot);
    }

    private ScriptModule module(Value output) {
        graph.addOutput(output);
        return ScriptModule.of(graph);
    }

    private static boolean isCalled(ScriptModule module, String child) {
        return !((ScriptModule) module.getSubmodule(child)).methods().isEmpty();
    }

    @Test
    void nodesThatFollowEachOtherAreTheMethodOfTheirModule() {
        Value scaled = in("body.scale", "aten::mul", x, read("body.scale.weight"));
        ScriptModule module = module(in("", "aten::neg", in("body.act", "aten::relu", scaled)));

        assertThat(module.namedModules().keySet()).containsExactly("", "body", "body.scale", "body.act");
        assertThat(module.call(input).toString()).isEqualTo("tensor([-0., -2., -3.])");
        assertThat(((ScriptModule) module.getSubmodule("body.scale"))
                        .call(input)
                        .equal(input))
                .isTrue();
        module.setChild("body.act", new Identity());
        assertThat(module.call(input).toString()).isEqualTo("tensor([ 1., -2., -3.])");
    }

    @Test
    void constantsBetweenNodesBelongToEachMethodThatNeedsThem() {
        Value two = g.constant(2.0);
        Value one = in("a", "aten::mul", x, two);
        ScriptModule module = module(in("b", "aten::add", one, two));

        assertThat(isCalled(module, "a")).isTrue();
        assertThat(isCalled(module, "b")).isTrue();
        assertThat(module.call(input).toString()).isEqualTo("tensor([0., 6., 8.])");
    }

    @Test
    void branchesOfAModuleAreInItsMethod() {
        Value sum = in("gate", "aten::sum", x);
        g.from("gate", "");
        Value gated = g.branch(
                        sum,
                        inner -> List.of(inner.op("aten::mul", x, read(inner, "gate.weight"))),
                        inner -> List.of(inner.op("aten::neg", x)))
                .get(0);
        ScriptModule module = module(in("", "aten::abs", gated));

        assertThat(isCalled(module, "gate")).isTrue();
        assertThat(module.call(input).toString()).isEqualTo("tensor([1., 2., 3.])");
    }

    private Value read(GraphBuilder builder, String slot) {
        graph.slots().putIfAbsent(slot, Slot.parameter(Torch.ones(3)));
        return builder.get(slot);
    }

    @Test
    void aBranchThatReadsTheStateOfAnotherModuleStaysWithTheModuleAround() {
        Value sum = in("gate", "aten::sum", x);
        g.from("gate", "");
        Value gated = g.branch(
                        sum,
                        inner -> List.of(inner.op("aten::add", x, read(inner, "other.weight"))),
                        inner -> List.of(inner.op("aten::neg", x)))
                .get(0);
        ScriptModule module = module(in("", "aten::abs", gated));

        assertThat(module.namedChildren()).containsOnlyKeys("other");
        assertThat(module.call(input).toString()).isEqualTo("tensor([0., 3., 4.])");
    }

    @Test
    void aMethodTakesWhatABranchOfAnotherModuleHasMade() {
        g.from("gate", "");
        Value gated = g.branch(
                        in("gate", "aten::sum", x),
                        inner -> List.of(inner.op("aten::add", x, read(inner, "gate.weight"))),
                        inner -> List.of(inner.op("aten::neg", x)))
                .get(0);
        ScriptModule module = module(in("act", "aten::abs", gated));

        assertThat(isCalled(module, "gate")).isTrue();
        assertThat(isCalled(module, "act")).isTrue();
        assertThat(module.call(input).toString()).isEqualTo("tensor([0., 3., 4.])");
    }

    @Test
    void onlyWritingIntoAModuleReachesItToo() {
        graph.slots().put("seen.last", Slot.buffer(Torch.zeros(3)));
        g.set("seen.last", x);
        ScriptModule module = module(in("act", "aten::abs", x));

        module.call(input);

        ScriptModule seen = (ScriptModule) module.getSubmodule("seen");
        assertThat(((Tensor) seen.attribute("last")).equal(input)).isTrue();
    }

    @Test
    void onlyTheWholeHasInputsThatMayBeLeftOut() {
        Value scale = graph.addInput("scale", Type.FLOAT);
        graph.defaults().put(scale, 2.0);
        Value shifted = in("", "aten::add", x, 1L);
        ScriptModule module = module(in("scaled", "aten::add", in("scaled", "aten::mul", shifted, scale), x));

        assertThat(isCalled(module, "scaled")).isTrue();
        assertThat(module.call(input).toString()).isEqualTo("tensor([-1.,  8., 11.])");
    }

    @Test
    void aNumberedScopeThatDoesTheSameIsASecondCall() {
        Value first = in("act", "aten::relu", x);
        Value second = in("act_1", "aten::relu", in("", "aten::sub", first, 2L));
        ScriptModule module = module(second);

        assertThat(module.namedChildren()).containsOnlyKeys("act");
        module.setChild("act", new Identity());
        assertThat(module.call(input).toString()).isEqualTo("tensor([-3.,  0.,  1.])");
    }

    @Test
    void nodesOfAScopeThatDoTheSameAgainAreASecondCall() {
        Value first = in("scale", "aten::mul", x, read("scale.weight"));
        Value second = in("scale", "aten::mul", in("", "aten::sub", first, 2L), read("scale.weight"));
        ScriptModule module = module(second);

        assertThat(isCalled(module, "scale")).isTrue();
        module.setChild("scale", new ReLU());
        assertThat(module.call(input).toString()).isEqualTo("tensor([0., 0., 1.])");
    }

    @Test
    void aNumberedScopeThatDoesOtherThingsInSeveralPlacesStaysWithTheModuleAround() {
        Value first = in("act", "aten::relu", x);
        Value second = in("act_1", "aten::neg", in("", "aten::sub", first, 2L));
        Value third = in("act_1", "aten::mul", in("", "aten::abs", second), second);
        ModuleMethod method = MethodDivision.of(graph);
        ScriptModule module = module(third);

        assertThat(method.byPath()).containsOnlyKeys("", "act");
        assertThat(module.call(input).toString()).isEqualTo("tensor([ 4., -0., -1.])");
    }

    @Test
    void aNumberedScopeThatDoesSomethingElseIsAModule() {
        Value first = in("act", "aten::leaky_relu", x, 0.5);
        ScriptModule module = module(in("act_1", "aten::leaky_relu", first, 0.1));

        assertThat(module.namedChildren()).containsOnlyKeys("act", "act_1");
        assertThat(module.call(input).toString()).isEqualTo("tensor([-0.0500,  2.0000,  3.0000])");
    }

    @Test
    void nodesThatOthersStandBetweenStayWithTheModuleAround() {
        Value first = in("split", "aten::mul", x, read("split.weight"));
        ScriptModule module = module(in("split", "aten::neg", in("", "aten::relu", first)));

        assertThat(isCalled(module, "split")).isFalse();
        assertThat(module.call(input).toString()).isEqualTo("tensor([-0., -2., -3.])");
        assertThatThrownBy(() -> module.setChild("split", new Linear(3, 3)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("does not call 'split'");
    }

    @Test
    void nodesThatMakeTwoValuesForOthersStayWithTheModuleAround() {
        Value first = in("two", "aten::mul", x, read("two.weight"));
        Value second = in("two", "aten::relu", first);
        ScriptModule module = module(in("", "aten::add", first, second));

        assertThat(isCalled(module, "two")).isFalse();
        assertThat(module.call(input).toString()).isEqualTo("tensor([-1.,  4.,  6.])");
    }

    @ParameterizedTest
    @ValueSource(strings = {"lambda", "forward", "training", "a b"})
    void aScopeThatIsNoNameOfAChildStaysWithTheModuleAround(String scope) {
        ScriptModule module = module(in(scope, "aten::relu", x));

        assertThat(module.namedChildren()).isEmpty();
        assertThat(module.call(input).toString()).isEqualTo("tensor([0., 2., 3.])");
    }

    @Test
    void aWeightOfAnotherModuleIsAnInput() {
        Value one = in("one", "aten::mul", x, read("one.weight"));
        ScriptModule module = module(in("other", "aten::add", one, read("one.weight")));

        assertThat(isCalled(module, "other")).isTrue();
        assertThat(module.call(input).toString()).isEqualTo("tensor([0., 3., 4.])");
    }

    @Test
    void whatIsSavedHasTheSameMethods() {
        Value scaled = in("body.scale", "aten::mul", x, read("body.scale.weight"));
        ScriptModule module = module(in("body.act", "aten::relu", scaled));
        Path file = folder.resolve("calls.pt");

        module.save(file);
        ScriptModule loaded = ScriptModule.load(file);

        assertThat(isCalled(loaded, "body.act")).isTrue();
        assertThat(loaded.call(input).equal(module.call(input))).isTrue();
        assertThat(loaded.toGraph("forward").kinds()).isEqualTo(graph.kinds());
    }
}
