package org.torchbridge.graph.passes;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.GraphText;

class InputCopiesTest {
    @Test
    void inputsThatAreWrittenIntoAreCopied() {
        Graph graph = GraphText.parse(
                """
                graph(%x : Float(2, 3), %n : float):
                  %y : Float(2, 3) = aten::mul_(%x, %n)
                  %z : Float(2, 3) = aten::neg(%x)
                  return (%y, %z)
                """);

        assertThat(InputCopies.run(graph)).isTrue();
        assertThat(graph)
                .hasToString(
                        """
                graph(%x : Float(2, 3), %n : float):
                  %0 : NoneType = prim::Constant()
                  %1 : Float(2, 3) = aten::clone(%x, %0)
                  %y : Float(2, 3) = aten::mul_(%1, %n)
                  %z : Float(2, 3) = aten::neg(%1)
                  return (%y, %z)
                """);
        assertThat(RemoveMutation.run(graph)).isTrue();
        assertThat(graph.kinds()).containsKey("aten::mul").doesNotContainKey("aten::mul_");
    }

    @Test
    void inputsThatAreOnlyReadStay() {
        Graph graph = GraphText.parse(
                """
                graph(%x : Float(2, 3), %n : float):
                  %y : Float(2, 3) = aten::neg(%x)
                  %z : Float(2, 3) = aten::mul_(%y, %n)
                  return (%z)
                """);

        assertThat(InputCopies.run(graph)).isFalse();
    }
}
