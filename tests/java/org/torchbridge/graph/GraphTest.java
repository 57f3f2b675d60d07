package org.torchbridge.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.torchbridge.Torch;

class GraphTest {
    private final Graph graph = new Graph();
    private final Value x = graph.addInput("x", Type.TENSOR);
    private final GraphBuilder g = GraphBuilder.at(graph.body());

    @Test
    void namesAreUnique() {
        Value first = graph.addInput("y", Type.TENSOR);
        Value second = graph.addInput("y", Type.TENSOR);
        first.setName("x");

        assertThat(second.name()).isEqualTo("y.1");
        assertThat(first.name()).isEqualTo("x.1");
        assertThat(graph.addInput("x.1", Type.INT).name()).isEqualTo("x.2");
        assertThat(graph.addInput("0", Type.INT).name()).isEqualTo("0");
        assertThat(g.op("aten::relu", x).name()).isEqualTo("0.1");
    }

    @Test
    void aCopyIsAProgramOfItsOwn() {
        graph.slots().put("w", Slot.parameter(Torch.ones(1)));
        List<Value> both = g.branch(true, then -> List.of(then.get("w")), otherwise -> List.of(x));
        graph.addOutput(g.op("aten::mul", x, both.get(0)));
        String text = graph.toString();

        Graph copy = graph.copy();

        assertThat(copy).hasToString(text);
        assertThat(copy.slots()).isEqualTo(graph.slots());
        copy.body().setOutputs(copy.inputs());
        copy.body().nodes().get(1).blocks().get(0).setOutputs(copy.inputs());
        copy.slots().clear();
        assertThat(graph).hasToString(text);
        assertThat(graph.slots()).hasSize(1);
    }

    @Test
    void everyNodeIsSeenThoseOfBlocksToo() {
        g.branch(true, then -> List.of(then.op("aten::relu", x)), otherwise -> List.of(otherwise.op("aten::neg", x)));

        assertThat(graph.kinds())
                .containsEntry("aten::relu", 1)
                .containsEntry("aten::neg", 1)
                .containsEntry("prim::If", 1)
                .containsEntry("prim::Constant", 1);
    }

    @Test
    void printsInTorchScriptsNotation() {
        Value flag = graph.addInput("flag", Type.BOOL);
        List<Value> out = g.branch(flag, then -> List.of(then.op("aten::add", x, 0.5)), otherwise -> List.of(x));
        graph.addOutput(out.get(0));

        assertThat(graph)
                .hasToString(
                        """
                graph(%x : Tensor, %flag : bool):
                  %3 : Tensor = prim::If(%flag)
                    block0():
                      %0 : float = prim::Constant[value=0.5]()
                      %1 : int = prim::Constant[value=1]()
                      %2 : Tensor = aten::add(%x, %0, %1)
                      -> (%2)
                    block1():
                      -> (%x)
                  return (%3)
                """);
    }

    @Test
    void editsAreFastInLargeBlocks() {
        Value y = x;
        for (int i = 0; i < 20_000; i++) {
            y = GraphBuilder.at(graph.body())
                    .node("aten::relu", List.of(Type.TENSOR), List.of(y))
                    .output();
            g.node("aten::neg", List.of(Type.TENSOR), List.of(x));
        }
        graph.addOutput(y);
        long start = System.nanoTime();

        x.replaceAllUsesWith(graph.addInput("other", Type.TENSOR));
        for (Node node : graph.body().nodes()) {
            if (node.is("aten::neg")) {
                node.moveBefore(graph.body().result());
                node.remove();
            }
        }

        assertThat(graph.kinds()).containsOnly(Map.entry("aten::relu", 20_000));
        assertThat(System.nanoTime() - start).isLessThan(2_000_000_000L);
    }

    @Test
    void inputsInUseStay() {
        g.op("aten::relu", x);

        assertThatThrownBy(() -> graph.body().removeInput(0))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("%x");
        graph.addInput("y", Type.INT);
        graph.body().removeInput(1);
        assertThat(graph.inputs()).containsExactly(x);
    }
}
