package org.torchbridge.graph.passes;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.torchbridge.Torch;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.GraphText;
import org.torchbridge.graph.Slot;

class UnreadStateTest {
    private static Graph parse(String text) {
        Graph graph = GraphText.parse(text);
        graph.slots().put("calls", Slot.buffer(Torch.zeros(1)));
        graph.slots().put("weight", Slot.parameter(Torch.ones(1)));
        return graph;
    }

    @Test
    void whatIsCountedAndNotReadIsLeftOut() {
        Graph graph = parse(
                """
                graph(%x : Tensor):
                  %one : int = prim::Constant[value=1]()
                  %calls : Tensor = prim::GetAttr[name="calls"]()
                  %w : Tensor = prim::GetAttr[name="weight"]()
                  %more : Tensor = aten::add_(%calls, %one, %one)
                  %sum : Tensor = aten::add(%calls, %one, %one)
                  prim::SetAttr[name="calls"](%sum)
                  %y : Tensor = aten::mul(%x, %w)
                  return (%y)
                """);

        assertThat(UnreadState.run(graph)).isTrue();
        assertThat(DeadCode.run(graph)).isTrue();
        assertThat(graph)
                .hasToString(
                        """
                graph(%x : Tensor):
                  %w : Tensor = prim::GetAttr[name="weight"]()
                  %y : Tensor = aten::mul(%x, %w)
                  return (%y)
                """);
    }

    @Test
    void whatAnOutputDependsOnStays() {
        Graph graph = parse(
                """
                graph(%x : Tensor):
                  %one : int = prim::Constant[value=1]()
                  %calls : Tensor = prim::GetAttr[name="calls"]()
                  %more : Tensor = aten::add_(%calls, %one, %one)
                  %y : Tensor = aten::mul(%x, %calls)
                  return (%y)
                """);
        String before = graph.toString();

        assertThat(UnreadState.run(graph)).isFalse();
        assertThat(graph).hasToString(before);
    }

    @Test
    void whatIsWrittenInABranchIsLeftOutThere() {
        Graph graph = parse(
                """
                graph(%x : Tensor, %training : bool):
                  %one : int = prim::Constant[value=1]()
                  %calls : Tensor = prim::GetAttr[name="calls"]()
                  prim::If(%training)
                    block0():
                      %more : Tensor = aten::add_(%calls, %one, %one)
                      -> ()
                    block1():
                      -> ()
                  return (%x)
                """);

        assertThat(UnreadState.run(graph)).isTrue();
        assertThat(graph.kinds()).doesNotContainKey("aten::add_");
    }
}
