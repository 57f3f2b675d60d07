package org.torchbridge.graph.passes;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.GraphText;

class AssertionsTest {
    @Test
    void branchesThatOnlyRefuseAreNeverTaken() {
        Graph graph = GraphText.parse(
                """
                graph(%x : Tensor, %bad : bool):
                  %message : str = prim::Constant[value="too long"]()
                  %y : Tensor = prim::If(%bad)
                    block0():
                      %nothing : Tensor = prim::Uninitialized()
                      prim::RaiseException(%message)
                      -> (%nothing)
                    block1():
                      %0 : Tensor = aten::relu(%x)
                      -> (%0)
                  return (%y)
                """);

        assertThat(Assertions.run(graph)).isTrue();
        assertThat(graph.kinds()).containsEntry("aten::relu", 1).doesNotContainKeys("prim::If", "prim::RaiseException");
    }

    @Test
    void branchesThatGoOnStay() {
        String text =
                """
                graph(%x : Tensor, %c : bool):
                  %y : Tensor = prim::If(%c)
                    block0():
                      -> (%x)
                    block1():
                      %0 : Tensor = aten::relu(%x)
                      -> (%0)
                  return (%y)
                """;
        Graph graph = GraphText.parse(text);

        assertThat(Assertions.run(graph)).isFalse();
        assertThat(graph).hasToString(text);
    }
}
