package org.torchbridge.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.torchbridge.graph.GraphBuilder.named;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.torchbridge.DType;
import org.torchbridge.Torch;

class GraphBuilderTest {
    private final Graph graph = new Graph();
    private final Value x = graph.addInput("x", Type.TENSOR);
    private final Value n = graph.addInput("n", Type.INT);
    private GraphBuilder g;

    @BeforeEach
    void start() {
        g = GraphBuilder.at(graph.body());
    }

    private Schema schema(Value value) {
        return Schemas.of(value.producer()).orElseThrow();
    }

    @Test
    void theOverloadFollowsFromTheTypes() {
        assertThat(schema(g.op("aten::add", x, x)).name()).isEqualTo("aten::add.Tensor");
        assertThat(schema(g.op("aten::add", x, 2)).name()).isEqualTo("aten::add.Scalar");
        assertThat(schema(g.op("aten::add", n, 2)).name()).isEqualTo("aten::add.int");
        assertThat(schema(g.op("aten::add", n, 2.0)).name()).isEqualTo("aten::add.int_float");
        assertThat(schema(g.op("aten::sum", x)).name()).isEqualTo("aten::sum");
        assertThat(schema(g.op("aten::sum", x, new long[] {1}, true)).name()).isEqualTo("aten::sum.dim_IntList");
    }

    @Test
    void defaultsAreFilledIn() {
        Node conv = g.op("aten::conv2d", x, x).producer();

        assertThat(conv.inputs()).hasSize(7);
        assertThat(conv.input(2).type()).isEqualTo(Type.NONE);
        assertThat(conv.input(3).type()).isEqualTo(Type.INTS);
        assertThat(conv.input(6).producer().attribute("value")).isEqualTo(1L);
    }

    @Test
    void argumentsMayBeNamed() {
        Node sum = g.op("aten::add", x, x, named("alpha", 2)).producer();
        Node zeros =
                g.op("aten::zeros", List.of(n, 2L), named("dtype", DType.INT64)).producer();

        assertThat(sum.input(2).producer().attribute("value")).isEqualTo(2L);
        assertThat(zeros.input(0).producer().inputs()).first().isSameAs(n);
        assertThat(zeros.input(1).producer().attribute("value")).isEqualTo((long) DType.INT64.code());
    }

    @Test
    void keywordArgumentsMayBeGivenByPosition() {
        assertThat(schema(g.op("aten::add", x, x, 2)).name()).isEqualTo("aten::add.Tensor");
    }

    @Test
    void aNumberStandsForAListOfFixedLength() {
        Node pool = g.op("aten::max_pool2d", x, 3).producer();

        assertThat(pool.input(1).producer().inputs()).hasSize(2);
        assertThat(pool.input(2).producer().inputs()).isEmpty();
    }

    @Test
    void argumentsAreConvertedWhereNoOverloadTakesThemAsTheyAre() {
        assertThat(g.op("aten::dropout", x, 0, false).producer().input(1).type())
                .isEqualTo(Type.FLOAT);
        assertThat(g.op("aten::select", x, 0, x).producer().input(2).producer().kind())
                .isEqualTo("aten::IntImplicit");
        assertThat(g.op("aten::dropout", x, n, false)
                        .producer()
                        .input(1)
                        .producer()
                        .kind())
                .isEqualTo("aten::Float");
    }

    @Test
    void typeVariablesAreBound() {
        Value list = g.list(Type.TENSOR, List.of(x, x));
        Type.OfDict type = new Type.OfDict(Type.STRING, Type.TENSORS);
        Value dict = g.node("prim::DictConstruct", List.of(type), List.of()).output();

        assertThat(g.op("aten::__getitem__", list, 0).type()).isEqualTo(Type.TENSOR);
        assertThat(g.op("aten::__getitem__", dict, "a").type()).isEqualTo(Type.TENSORS);
        assertThat(g.op("aten::keys", dict).type()).isEqualTo(new Type.OfList(Type.STRING));
        assertThat(g.op("aten::add", g.ints(1, n), g.ints(2)).type()).isEqualTo(Type.INTS);
    }

    @Test
    void listsMayHaveNulls() {
        Value y = g.op("aten::index", x, Arrays.asList(null, x));

        assertThat(schema(y).name()).isEqualTo("aten::index.Tensor");
        assertThat(y.producer().input(1).type()).hasToString("Tensor?[]");
    }

    @Test
    void severalResultsAndNone() {
        assertThat(g.ops("aten::topk", x, 2)).hasSize(2);
        assertThat(g.ops("aten::warn", "careful")).isEmpty();
        assertThatThrownBy(() -> g.op("aten::topk", x, 2)).hasMessageContaining("2 outputs");
    }

    @Test
    void equalNumbersAreOneNode() {
        assertThat(g.constant(1)).isSameAs(g.constant(1L)).isNotSameAs(g.constant(1.0));
        assertThat(g.constant(null)).isSameAs(g.constant(null));
        Value two = g.constant(2);
        two.producer().remove();
        assertThat(g.constant(2)).isNotSameAs(two);
    }

    @Test
    void whatFitsNowhereIsRefusedWithAllOverloads() {
        assertThatThrownBy(() -> g.op("aten::relu", "text", List.of(1.5)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("aten::relu does not take (str, [float]); it takes \n  aten::relu(Tensor self) -> Tensor"
                        + "\n  aten::relu.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)");
        assertThatThrownBy(() -> g.op("aten::relu", x, named("slope", 1))).hasMessageContaining("slope=int");
        assertThatThrownBy(() -> g.op("my::own", x)).hasMessage("libtorch has no operator my::own");
        assertThatThrownBy(() -> g.op("relu", x)).hasMessageContaining("aten::conv2d");
        assertThatThrownBy(() -> g.constant(new Object())).hasMessageContaining("java.lang.Object");
    }

    @Test
    void branchesGiveValuesOfACommonType() {
        List<Value> out =
                g.branch(x, then -> List.of(then.op("aten::relu", x), then.constant(1)), otherwise -> List.of(x, n));

        assertThat(out).extracting(Value::type).containsExactly(Type.TENSOR, Type.INT);
        assertThat(out.get(0).producer().input(0).producer().kind()).isEqualTo("aten::Bool");
        assertThatThrownBy(() -> g.branch(true, then -> List.of(x), otherwise -> List.of()))
                .hasMessageContaining("1 values, the other 0");
        assertThatThrownBy(() -> g.branch(true, then -> List.of(x), otherwise -> List.of(n)))
                .hasMessageContaining("Tensor in one branch and int in the other");
    }

    @Test
    void loopsCarryValues() {
        List<Value> out = g.loop(n, true, List.of(x, g.constant(0)), (body, turn, carried) -> {
            Value sum = body.op("aten::add", carried.get(1), turn);
            return List.of(body.op("aten::lt", sum, 10), body.op("aten::add", carried.get(0), sum), sum);
        });

        assertThat(out).extracting(Value::type).containsExactly(Type.TENSOR, Type.INT);
        assertThat(out.get(0).producer().blocks().get(0).inputs()).hasSize(3);
        assertThatThrownBy(() -> g.loop(null, true, List.of(x), (body, turn, carried) -> List.of(x)))
                .hasMessageContaining("[bool, Tensor]");
    }

    @Test
    void blocksUseConstantsFromOutside() {
        Value one = g.constant(1);

        g.branch(true, then -> List.of(then.constant(1)), otherwise -> {
            assertThat(otherwise.constant(1)).isSameAs(one);
            return List.of(otherwise.constant(7));
        });

        assertThat(g.constant(7).producer().owner()).isSameAs(graph.body());
    }

    @Test
    void slotsAreReadAndWritten() {
        graph.slots().put("norm.weight", Slot.parameter(Torch.ones(2)));
        graph.slots().put("calls", Slot.attribute(Type.INT, 0L));

        g.set("calls", g.op("aten::add", g.get("calls"), 1));

        assertThat(g.get("norm.weight").type()).isEqualTo(Type.TENSOR);
        assertThat(graph.toString())
                .contains("prim::GetAttr[name=\"norm.weight\"]()", "prim::SetAttr[name=\"calls\"](%");
        assertThatThrownBy(() -> g.get("weight")).hasMessageContaining("no slot 'weight'");
        assertThatThrownBy(() -> g.set("calls", "x")).hasMessage("calls is a int, not a str");
    }

    @Test
    void programsAreInlinedWithTheirState() {
        Graph scale = new Graph();
        scale.slots().put("factor", Slot.parameter(Torch.ones(1)));
        Value input = scale.addInput("x", Type.TENSOR);
        GraphBuilder inner = GraphBuilder.at(scale.body());
        scale.addOutput(inner.op("aten::mul", input, inner.get("factor")));

        List<Value> once = g.inline("a", scale, x);
        g.inline("b", scale, once.get(0));
        g.inline("a", scale, x);

        assertThat(graph.slots()).containsOnlyKeys("a.factor", "b.factor");
        assertThat(graph.kinds()).containsEntry("aten::mul", 3);
        assertThatThrownBy(() -> g.inline("a", scale)).hasMessageContaining("takes 1 arguments, not 0");
        assertThatThrownBy(() -> g.inline("a", scale, "text")).hasMessageContaining("argument 0 is str");
        graph.slots().put("c.factor", Slot.attribute(Type.INT, 1L));
        assertThatThrownBy(() -> g.inline("c", scale, x)).hasMessageContaining("'c.factor'");
    }

    @Test
    void tuplesAreMadeAndTakenApart() {
        Value tuple = g.tuple(x, n);

        assertThat(tuple.type()).hasToString("(Tensor, int)");
        assertThat(g.tupleUnpack(tuple)).extracting(Value::type).containsExactly(Type.TENSOR, Type.INT);
        assertThat(g.unpack(g.ints(1, 2), 2)).extracting(Value::type).containsOnly(Type.INT);
        assertThatThrownBy(() -> g.tupleUnpack(x)).hasMessageContaining("not a tuple");
        assertThatThrownBy(() -> g.unpack(x, 2)).hasMessageContaining("not a list");
        assertThatThrownBy(() -> g.ints("a")).hasMessageContaining("not whole numbers");
    }

    @Test
    void nodesSayWhereTheyCameFrom() {
        g.from("layer1.0", "net.py:12");

        Node node = g.op("aten::relu", x).producer();

        assertThat(node.scope()).isEqualTo("layer1.0");
        assertThat(node).hasToString("%0 : Tensor = aten::relu(%x) # net.py:12");
    }
}
