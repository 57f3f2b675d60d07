package org.torchbridge.graph.passes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.torchbridge.Torch;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.GraphText;
import org.torchbridge.graph.Slot;

class TypeFactsTest {
    @Test
    void whatTheTypesTellIsAConstantAndOpenSizesAreAskedForOneByOne() {
        Graph graph = GraphText.parse(
                """
                graph(%x : Tensor):
                  %zero : int = prim::Constant[value=0]()
                  %last : int = prim::Constant[value=-1]()
                  %rank : int = aten::dim(%x)
                  %type : int = prim::dtype(%x)
                  %real : bool = aten::is_floating_point(%x)
                  %rows : int = aten::size(%x, %zero)
                  %columns : int = aten::size(%x, %last)
                  %sizes : int[] = aten::size(%x)
                  return (%rank, %type, %real, %rows, %columns, %sizes)
                """);
        Shapes.run(graph, List.of(Torch.zeros(2, 3)), List.of(Torch.zeros(5, 3)));

        Results.stay(graph, TypeFacts::run, Torch.zeros(7, 3));
        assertThat(graph.kinds())
                .containsEntry("aten::size", 2)
                .doesNotContainKeys("aten::dim", "prim::dtype", "aten::is_floating_point");
    }

    @Test
    void itRunsOnTheCpuAndRecordsGradients() {
        Graph graph = GraphText.parse(
                """
                graph(%x : Tensor):
                  %grad : bool = aten::is_grad_enabled()
                  %gpu : bool = prim::is_cuda(%x)
                  return (%grad, %gpu)
                """);

        assertThat(TypeFacts.run(graph)).isTrue();
        assertThat(graph.outputs()).allMatch(Constants::is);
        assertThat(graph.outputs().stream().map(Constants::of)).containsExactly(true, false);
    }

    @Test
    void weightsHaveTheirOwnTypes() {
        Graph graph = GraphText.parse(
                """
                graph():
                  %w : Tensor = prim::GetAttr[name="weight"]()
                  return (%w)
                """);
        graph.slots().put("weight", Slot.parameter(Torch.zeros(4, 2)));

        assertThat(TypeFacts.run(graph)).isTrue();
        assertThat(graph.outputs().get(0).type()).hasToString("Float(4, 2)");
        assertThat(TypeFacts.run(graph)).isFalse();
    }
}
