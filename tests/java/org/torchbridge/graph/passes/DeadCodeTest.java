package org.torchbridge.graph.passes;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.GraphText;

class DeadCodeTest {
    @Test
    void whatNothingUsesGoes() {
        Graph graph = GraphText.parse(
                """
                graph(%x : Tensor):
                  %one : int = prim::Constant[value=1]()
                  %y : Tensor = aten::relu(%x)
                  %z : Tensor = aten::add(%y, %x, %one)
                  return (%y)
                """);

        assertThat(DeadCode.run(graph)).isTrue();
        assertThat(graph)
                .hasToString(
                        """
                graph(%x : Tensor):
                  %y : Tensor = aten::relu(%x)
                  return (%y)
                """);
        assertThat(DeadCode.run(graph)).isFalse();
    }

    @Test
    void whatWritesIntoInputsSlotsAndUsedTensorsStays() {
        String text =
                """
                graph(%x : Tensor, %a : Tensor):
                  %one : int = prim::Constant[value=1]()
                  %0 : Tensor = aten::add_(%a, %one, %one)
                  %count : Tensor = prim::GetAttr[name="count"]()
                  %1 : Tensor = aten::add_(%count, %one, %one)
                  %y : Tensor = aten::relu(%x)
                  %row : Tensor = aten::select(%y, %one, %one)
                  %2 : Tensor = aten::zero_(%row)
                  return (%y)
                """;
        Graph graph = GraphText.parse(text);

        assertThat(DeadCode.run(graph)).isFalse();
        assertThat(graph).hasToString(text);
    }

    @Test
    void whatWritesIntoATensorThatNothingUsesGoes() {
        Graph graph = GraphText.parse(
                """
                graph(%x : Tensor):
                  %y : Tensor = aten::relu(%x)
                  %0 : Tensor = aten::zero_(%y)
                  return (%x)
                """);

        assertThat(DeadCode.run(graph)).isTrue();
        assertThat(graph)
                .hasToString("""
                graph(%x : Tensor):
                  return (%x)
                """);
    }

    @Test
    void whatIsSeenFromOutsideStays() {
        String text =
                """
                graph(%x : Tensor):
                  prim::Print(%x)
                  prim::SetAttr[name="last"](%x)
                  %0 : Tensor = unknown::operator(%x)
                  return (%x)
                """;
        Graph graph = GraphText.parse(text);

        assertThat(DeadCode.run(graph)).isFalse();
        assertThat(graph).hasToString(text);
    }

    @Test
    void branchesLoseOutputsThatNothingUses() {
        Graph graph = GraphText.parse(
                """
                graph(%x : Tensor, %c : bool):
                  %y : Tensor, %z : Tensor = prim::If(%c)
                    block0():
                      %0 : Tensor = aten::relu(%x)
                      -> (%0, %x)
                    block1():
                      %1 : Tensor = aten::neg(%x)
                      -> (%x, %1)
                  return (%y)
                """);

        assertThat(DeadCode.run(graph)).isTrue();
        assertThat(graph)
                .hasToString(
                        """
                graph(%x : Tensor, %c : bool):
                  %y : Tensor = prim::If(%c)
                    block0():
                      %0 : Tensor = aten::relu(%x)
                      -> (%0)
                    block1():
                      -> (%x)
                  return (%y)
                """);
    }

    @Test
    void aBranchThatOnlyPrintsStays() {
        String text =
                """
                graph(%x : Tensor, %c : bool):
                  prim::If(%c)
                    block0():
                      prim::Print(%x)
                      -> ()
                    block1():
                      -> ()
                  return (%x)
                """;
        Graph graph = GraphText.parse(text);

        assertThat(DeadCode.run(graph)).isFalse();
        assertThat(graph).hasToString(text);
    }

    @Test
    void loopsCarryOnlyWhatIsUsed() {
        Graph graph = GraphText.parse(
                """
                graph(%x : Tensor, %n : int):
                  %true : bool = prim::Constant[value=true]()
                  %y : Tensor, %z : Tensor = prim::Loop(%n, %true, %x, %x)
                    block0(%i : int, %a : Tensor, %b : Tensor):
                      %0 : Tensor = aten::relu(%a)
                      %1 : Tensor = aten::mul(%b, %a)
                      -> (%true, %0, %1)
                  return (%y)
                """);

        assertThat(DeadCode.run(graph)).isTrue();
        assertThat(graph)
                .hasToString(
                        """
                graph(%x : Tensor, %n : int):
                  %true : bool = prim::Constant[value=true]()
                  %y : Tensor = prim::Loop(%n, %true, %x)
                    block0(%i : int, %a : Tensor):
                      %0 : Tensor = aten::relu(%a)
                      -> (%true, %0)
                  return (%y)
                """);
    }

    @Test
    void whatOneTurnGivesTheNextStays() {
        String text =
                """
                graph(%x : Tensor, %n : int):
                  %true : bool = prim::Constant[value=true]()
                  %y : Tensor, %z : Tensor = prim::Loop(%n, %true, %x, %x)
                    block0(%i : int, %a : Tensor, %b : Tensor):
                      %0 : Tensor = aten::relu(%b)
                      -> (%true, %b, %0)
                  return (%y)
                """;
        Graph graph = GraphText.parse(text);

        assertThat(DeadCode.run(graph)).isFalse();
        assertThat(graph).hasToString(text);
    }
}
