package org.torchbridge.graph.passes;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.torchbridge.Torch;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.GraphText;
import org.torchbridge.graph.Slot;

class ConstantFoldingTest {
    @Test
    void whatDependsOnNoInputIsComputed() {
        Graph graph = GraphText.parse(
                """
                graph(%x : Tensor):
                  %a : int = prim::Constant[value=2]()
                  %b : int = prim::Constant[value=3]()
                  %c : int = aten::mul(%a, %b)
                  %d : int = aten::neg(%c)
                  %shape : int[] = prim::ListConstruct(%d, %a)
                  %y : Tensor = aten::reshape(%x, %shape)
                  return (%y)
                """);

        assertThat(ConstantFolding.run(graph)).isTrue();
        DeadCode.run(graph);
        assertThat(graph.toString().replaceAll("%\\d+", "%_"))
                .isEqualTo(
                        """
                graph(%x : Tensor):
                  %_ : int[] = prim::Constant[value=[-6, 2]]()
                  %y : Tensor = aten::reshape(%x, %_)
                  return (%y)
                """);
        assertThat(ConstantFolding.run(graph)).isFalse();
    }

    @Test
    void tensorsAreComputedUnlessTheyAreLargeOrWrittenIntoOrRandom() {
        Graph graph = GraphText.parse(
                """
                graph(%x : Tensor):
                  %none : NoneType = prim::Constant()
                  %small : int[] = prim::Constant[value=[2]]()
                  %large : int[] = prim::Constant[value=[1000, 1000]]()
                  %one : int = prim::Constant[value=1]()
                  %p : Tensor = aten::ones(%small, %none, %none, %none, %none)
                  %q : Tensor = aten::neg(%p)
                  %r : Tensor = aten::zeros(%large, %none, %none, %none, %none)
                  %s : Tensor = aten::zeros(%small, %none, %none, %none, %none)
                  %t : Tensor = aten::add_(%s, %x, %one)
                  %u : Tensor = aten::rand(%small, %none, %none, %none, %none)
                  %all : Tensor[] = prim::ListConstruct(%q, %t, %u)
                  %v : Tensor = aten::cat(%all, %one)
                  %w : Tensor = aten::add(%v, %r, %one)
                  return (%w)
                """);

        assertThat(ConstantFolding.run(graph)).isTrue();
        DeadCode.run(graph);
        assertThat(graph.kinds())
                .containsEntry("aten::zeros", 2)
                .containsEntry("aten::rand", 1)
                .doesNotContainKey("aten::ones")
                .doesNotContainKey("aten::neg");
        assertThat(graph.toString()).contains(": Float(2) = prim::Constant[value=<Tensor>]");
    }

    @Test
    void knownBranchesAreTakenAndLoopsWithoutTurnsGo() {
        Graph graph = GraphText.parse(
                """
                graph(%x : Tensor, %n : int):
                  %a : int = prim::Constant[value=0]()
                  %b : int = prim::Constant[value=1]()
                  %c : bool = aten::lt(%a, %b)
                  %y : Tensor = prim::If(%c)
                    block0():
                      %p : Tensor = aten::relu(%x)
                      -> (%p)
                    block1():
                      %q : Tensor = aten::neg(%x)
                      -> (%q)
                  %z : Tensor = prim::Loop(%a, %c, %y)
                    block0(%i : int, %u : Tensor):
                      %v : Tensor = aten::neg(%u)
                      -> (%c, %v)
                  return (%z)
                """);

        Results.stay(graph, ConstantFolding::run, Torch.tensor(-1f, 1f), 1L);
        DeadCode.run(graph);
        assertThat(graph.toString().replaceAll("%\\d+", "%_"))
                .isEqualTo(
                        """
                graph(%x : Tensor, %n : int):
                  %p.1 : Tensor = aten::relu(%x)
                  return (%p.1)
                """);
    }

    @Test
    void whatIsNeverNoneIsNotComparedWithIt() {
        Graph graph = GraphText.parse(
                """
                graph(%x : Tensor, %y : Tensor?):
                  %none : NoneType = prim::Constant()
                  %a : bool = aten::__is__(%x, %none)
                  %b : bool = aten::__isnot__(%x, %none)
                  %c : bool = aten::__is__(%y, %none)
                  %z : Tensor = prim::unchecked_cast(%x)
                  return (%a, %b, %c, %z)
                """);

        assertThat(ConstantFolding.run(graph)).isTrue();
        DeadCode.run(graph);
        assertThat(graph)
                .hasToString(
                        """
                graph(%x : Tensor, %y : Tensor?):
                  %none : NoneType = prim::Constant()
                  %0 : bool = prim::Constant[value=false]()
                  %1 : bool = prim::Constant[value=true]()
                  %c : bool = aten::__is__(%y, %none)
                  return (%0, %1, %c, %x)
                """);
    }

    @Test
    void theNumberOfDimensionsFollowsFromTheType() {
        Graph graph = GraphText.parse(
                """
                graph(%x : Float(*, 3), %y : Tensor):
                  %a : int = aten::dim(%x)
                  %b : int = aten::dim(%y)
                  return (%a, %b)
                """);

        Results.stay(graph, ConstantFolding::run, Torch.ones(2, 3), Torch.ones(1));
        assertThat(graph.kinds()).containsEntry("aten::dim", 1);
    }

    @Test
    void slotsAreConstantsInAFrozenProgramAlone() {
        String text =
                """
                graph(%x : Tensor):
                  %w : Tensor = prim::GetAttr[name="weight"]()
                  %t : Tensor = aten::t(%w)
                  %y : Tensor = aten::matmul(%x, %t)
                  return (%y)
                """;
        Graph graph = GraphText.parse(text);
        graph.slots().put("weight", Slot.parameter(Torch.randn(3, 2).requiresGrad(true)));

        assertThat(ConstantFolding.run(graph)).isFalse();
        Results.stay(graph, ConstantFolding::runFrozen, Torch.randn(4, 2));
        assertThat(graph.kinds()).doesNotContainKey("aten::t");
    }

    @Test
    void listsOfWeightsAreKnownToo() {
        String text =
                """
                graph(%x : Tensor):
                  %zero : int = prim::Constant[value=0]()
                  %none : NoneType = prim::Constant()
                  %a : Tensor = prim::GetAttr[name="a"]()
                  %b : Tensor = prim::GetAttr[name="b"]()
                  %both : Tensor[] = prim::ListConstruct(%a, %b)
                  %w : Tensor = aten::cat(%both, %zero)
                  %y : Tensor = aten::linear(%x, %w, %none)
                  return (%y)
                """;
        Graph graph = GraphText.parse(text);
        graph.slots().put("a", Slot.buffer(Torch.randn(200, 300)));
        graph.slots().put("b", Slot.buffer(Torch.randn(100, 300)));

        assertThat(ConstantFolding.run(graph)).isFalse();
        Results.stay(graph, ConstantFolding::runFrozen, Torch.randn(4, 300));
        assertThat(graph.kinds()).doesNotContainKey("aten::cat");
    }

    @Test
    void whatWouldFailFailsWhenItRuns() {
        String text =
                """
                graph():
                  %a : int = prim::Constant[value=1]()
                  %b : int = prim::Constant[value=0]()
                  %c : int = aten::floordiv(%a, %b)
                  return (%c)
                """;
        Graph graph = GraphText.parse(text);

        assertThat(ConstantFolding.run(graph)).isFalse();
        assertThat(graph).hasToString(text);
    }
}
