package org.torchbridge.graph.passes;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.GraphText;

class LoopUnrollingTest {
    @Test
    void shortLoopsAreWrittenOut() {
        Graph graph = GraphText.parse(
                """
                graph(%x : Tensor):
                  %n : int = prim::Constant[value=2]()
                  %true : bool = prim::Constant[value=true]()
                  %y : Tensor = prim::Loop(%n, %true, %x)
                    block0(%i : int, %a : Tensor):
                      %b : Tensor = aten::select(%a, %n, %i)
                      -> (%true, %b)
                  return (%y)
                """);

        assertThat(LoopUnrolling.run(graph)).isTrue();
        assertThat(graph)
                .hasToString(
                        """
                graph(%x : Tensor):
                  %n : int = prim::Constant[value=2]()
                  %true : bool = prim::Constant[value=true]()
                  %0 : int = prim::Constant[value=0]()
                  %b.1 : Tensor = aten::select(%x, %n, %0)
                  %1 : int = prim::Constant[value=1]()
                  %b.2 : Tensor = aten::select(%b.1, %n, %1)
                  return (%b.2)
                """);
    }

    @Test
    void loopsInLoopsAreWrittenOutFromTheInside() {
        Graph graph = GraphText.parse(
                """
                graph(%x : Tensor, %c : bool):
                  %n : int = prim::Constant[value=3]()
                  %true : bool = prim::Constant[value=true]()
                  %y : Tensor = prim::Loop(%n, %true, %x)
                    block0(%i : int, %a : Tensor):
                      %b : Tensor = prim::If(%c)
                        block0():
                          %d : Tensor = prim::Loop(%n, %true, %a)
                            block0(%j : int, %e : Tensor):
                              %f : Tensor = aten::relu(%e)
                              -> (%true, %f)
                          -> (%d)
                        block1():
                          -> (%a)
                      -> (%true, %b)
                  return (%y)
                """);

        assertThat(LoopUnrolling.run(graph)).isTrue();
        assertThat(graph.kinds())
                .containsEntry("aten::relu", 9)
                .containsEntry("prim::If", 3)
                .doesNotContainKey("prim::Loop");
    }

    @Test
    void loopsThatEndEarlyOrAreLongOrDependOnInputsStay() {
        String text =
                """
                graph(%x : Tensor, %m : int, %c : bool):
                  %true : bool = prim::Constant[value=true]()
                  %n : int = prim::Constant[value=2]()
                  %long : int = prim::Constant[value=1000]()
                  %0 : Tensor = prim::Loop(%n, %true, %x)
                    block0(%i : int, %a : Tensor):
                      -> (%c, %a)
                  %1 : Tensor = prim::Loop(%long, %true, %x)
                    block0(%j : int, %b : Tensor):
                      -> (%true, %b)
                  %2 : Tensor = prim::Loop(%m, %true, %x)
                    block0(%k : int, %d : Tensor):
                      -> (%true, %d)
                  return (%0, %1, %2)
                """;
        Graph graph = GraphText.parse(text);

        assertThat(LoopUnrolling.run(graph)).isFalse();
        assertThat(graph).hasToString(text);
    }
}
