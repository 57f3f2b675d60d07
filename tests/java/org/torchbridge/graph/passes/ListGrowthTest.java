package org.torchbridge.graph.passes;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.torchbridge.Torch;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.GraphText;

class ListGrowthTest {
    @Test
    void aLoopCarriesTheListThatGrowsInIt() {
        Graph graph = GraphText.parse(
                """
                graph(%x : Tensor, %n : int):
                  %true : bool = prim::Constant[value=true]()
                  %zero : int = prim::Constant[value=0]()
                  %rows : Tensor[] = prim::ListConstruct()
                  prim::Loop(%n, %true)
                    block0(%i : int):
                      %row : Tensor = aten::select(%x, %zero, %i)
                      %0 : Tensor[] = aten::append(%rows, %row)
                      -> (%true)
                  %y : Tensor = aten::stack(%rows, %zero)
                  return (%y)
                """);

        Results.stay(graph, ListGrowth::run, Torch.randn(4, 2), 3L);
        assertThat(graph.kinds()).containsEntry("aten::add", 1).doesNotContainKey("aten::append");
        assertThat(graph.body().nodes().get(3).outputs()).hasSize(1);
    }

    @Test
    void theListComesOutOfTheBranchThatItGrowsIn() {
        Graph graph = GraphText.parse(
                """
                graph(%x : Tensor, %c : bool):
                  %zero : int = prim::Constant[value=0]()
                  %rows : Tensor[] = prim::ListConstruct(%x)
                  %more : Tensor[] = prim::ListConstruct(%x, %x)
                  prim::If(%c)
                    block0():
                      %0 : Tensor[] = aten::append(%rows, %x)
                      -> ()
                    block1():
                      aten::extend(%rows, %more)
                      -> ()
                  %y : Tensor = aten::cat(%rows, %zero)
                  return (%y)
                """);

        Results.stay(graph, ListGrowth::run, Torch.randn(2), false);
        assertThat(graph.kinds()).containsEntry("aten::add", 2).doesNotContainKeys("aten::append", "aten::extend");
    }

    @Test
    void aListThatAnotherValueMayBeStays() {
        String text =
                """
                graph(%x : Tensor):
                  %rows : Tensor[] = prim::ListConstruct(%x)
                  %pair : (Tensor[], Tensor) = prim::TupleConstruct(%rows, %x)
                  %0 : Tensor[] = aten::append(%rows, %x)
                  return (%pair)
                """;
        Graph graph = GraphText.parse(text);

        assertThat(ListGrowth.run(graph)).isFalse();
        assertThat(graph).hasToString(text);
    }
}
