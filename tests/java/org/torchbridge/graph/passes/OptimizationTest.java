package org.torchbridge.graph.passes;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.torchbridge.Torch;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.GraphText;
import org.torchbridge.graph.Slot;
import org.torchbridge.graph.Type;

class OptimizationTest {
    private static final String TEXT =
            """
            graph(%x : Tensor):
              %one : int = prim::Constant[value=1]()
              %half : float = prim::Constant[value=0.5]()
              %training : bool = prim::GetAttr[name="training"]()
              %unused : Tensor = prim::GetAttr[name="unused"]()
              %w : Tensor = prim::GetAttr[name="fc.weight"]()
              %b : Tensor = prim::GetAttr[name="fc.bias"]()
              %count : Tensor = prim::GetAttr[name="calls"]()
              prim::If(%training)
                block0():
                  %0 : Tensor = aten::add_(%count, %one, %one)
                  -> ()
                block1():
                  -> ()
              %t : Tensor = aten::t(%w)
              %p : Tensor = aten::matmul(%x, %t)
              %q : Tensor = aten::add_(%p, %b, %one)
              %r : Tensor = aten::relu_(%q)
              %s : Tensor = aten::dropout(%r, %half, %training)
              return (%s)
            """;

    @Test
    void aProgramThatTrainsBecomesOneThatInfers() {
        Graph graph = graph();
        graph.slots().put("training", Slot.attribute(Type.BOOL, false));

        Results.stay(graph, Optimization::run, Torch.randn(2, 4));

        assertThat(graph.kinds().keySet()).containsExactly("aten::linear", "aten::relu", "prim::GetAttr");
        assertThat(graph.slots()).containsOnlyKeys("fc.weight", "fc.bias");
    }

    @Test
    void simplificationKeepsWhatTrainingNeeds() {
        Graph graph = graph();
        String text = graph.toString();
        graph.slots().put("training", Slot.attribute(Type.BOOL, true));

        assertThat(Simplification.run(graph)).isTrue();

        assertThat(graph).hasToString(text.replace("  %unused : Tensor = prim::GetAttr[name=\"unused\"]()\n", ""));
        assertThat(graph.slots()).containsKey("unused");
    }

    private static Graph graph() {
        Graph graph = GraphText.parse(TEXT);
        Torch.manualSeed(1);
        graph.slots().put("unused", Slot.buffer(Torch.ones(1)));
        graph.slots().put("calls", Slot.buffer(Torch.tensor(0L)));
        graph.slots().put("fc.weight", Slot.parameter(Torch.randn(3, 4)));
        graph.slots().put("fc.bias", Slot.parameter(Torch.randn(3)));
        return graph;
    }
}
