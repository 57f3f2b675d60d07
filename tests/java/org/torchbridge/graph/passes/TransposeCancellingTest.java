package org.torchbridge.graph.passes;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.torchbridge.Torch;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.GraphText;

class TransposeCancellingTest {
    @Test
    void ordersThatUndoEachOtherGo() {
        Graph graph = GraphText.parse(
                """
                graph(%x : Tensor, %y : Tensor):
                  %there : int[] = prim::Constant[value=[0, 2, 3, 1]]()
                  %back : int[] = prim::Constant[value=[0, 3, 1, 2]]()
                  %a : int = prim::Constant[value=-2]()
                  %b : int = prim::Constant[value=-1]()
                  %0 : Tensor = aten::permute(%x, %there)
                  %1 : Tensor = aten::permute(%0, %back)
                  %2 : Tensor = aten::transpose(%y, %a, %b)
                  %3 : Tensor = aten::transpose(%2, %a, %b)
                  %4 : Tensor = aten::t(%y)
                  %5 : Tensor = aten::t(%4)
                  return (%1, %3, %5)
                """);

        assertThat(TransposeCancelling.run(graph)).isTrue();
        DeadCode.run(graph);
        assertThat(graph)
                .hasToString(
                        """
                graph(%x : Tensor, %y : Tensor):
                  return (%x, %y, %y)
                """);
    }

    @Test
    void ordersThatFollowEachOtherBecomeOne() {
        Graph graph = GraphText.parse(
                """
                graph(%x : Float(2, 3, 4)):
                  %0 : int = prim::Constant[value=0]()
                  %1 : int = prim::Constant[value=1]()
                  %2 : int = prim::Constant[value=2]()
                  %a : Float(3, 2, 4) = aten::transpose(%x, %0, %1)
                  %b : Float(3, 4, 2) = aten::transpose(%a, %1, %2)
                  return (%b)
                """);

        Results.stay(graph, TransposeCancelling::run, Torch.randn(2, 3, 4));
        DeadCode.run(graph);
        assertThat(graph.kinds()).containsEntry("aten::permute", 1).doesNotContainKey("aten::transpose");
    }

    @Test
    void anOrderOfAnUnknownNumberOfDimensionsStays() {
        String text =
                """
                graph(%x : Tensor):
                  %0 : int = prim::Constant[value=0]()
                  %1 : int = prim::Constant[value=-1]()
                  %2 : int = prim::Constant[value=1]()
                  %a : Tensor = aten::transpose(%x, %0, %1)
                  %b : Tensor = aten::transpose(%a, %0, %2)
                  return (%b)
                """;
        Graph graph = GraphText.parse(text);

        assertThat(TransposeCancelling.run(graph)).isFalse();
        assertThat(graph).hasToString(text);
    }
}
