package org.torchbridge.graph.passes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.torchbridge.Torch;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.GraphText;
import org.torchbridge.graph.Slot;
import org.torchbridge.graph.Type;

class StateLoweringTest {
    private static Graph parse(Object value, String text) {
        Graph graph = GraphText.parse(text);
        graph.slots().put("state", Slot.attribute(new Type.OfOptional(Type.TENSOR), value));
        return graph;
    }

    @Test
    void whatIsPutInIsReadOutAgain() {
        Graph graph = parse(
                Torch.zeros(2),
                """
                graph(%x : Tensor):
                  prim::SetAttr[name="state"](%x)
                  %read : Tensor = prim::GetAttr[name="state"]()
                  %y : Tensor = aten::neg(%read)
                  return (%y)
                """);

        Results.stay(graph, StateLowering::run, Torch.randn(2));
        assertThat(graph.kinds()).doesNotContainKey("prim::GetAttr");
    }

    @Test
    void aBranchAndALoopGiveWhatTheyPutIn() {
        Graph graph = parse(
                null,
                """
                graph(%x : Tensor, %c : bool, %n : int):
                  %true : bool = prim::Constant[value=true]()
                  prim::SetAttr[name="state"](%x)
                  prim::If(%c)
                    block0():
                      %a : Tensor = aten::neg(%x)
                      prim::SetAttr[name="state"](%a)
                      -> ()
                    block1():
                      -> ()
                  prim::Loop(%n, %true)
                    block0(%i : int):
                      %b : Tensor = prim::GetAttr[name="state"]()
                      %d : Tensor = aten::mul(%b, %b)
                      prim::SetAttr[name="state"](%d)
                      -> (%true)
                  %y : Tensor = prim::GetAttr[name="state"]()
                  return (%y)
                """);

        Results.stay(graph, StateLowering::run, Torch.randn(2), true, 2L);
        assertThat(graph.kinds()).doesNotContainKey("prim::GetAttr");
    }

    @Test
    void whatOneRunLeavesToTheNextStays() {
        String text =
                """
                graph(%x : Tensor):
                  %read : Tensor = prim::GetAttr[name="state"]()
                  %y : Tensor = aten::mul(%x, %read)
                  prim::SetAttr[name="state"](%y)
                  return (%y)
                """;
        Graph graph = parse(Torch.ones(2), text);

        assertThat(StateLowering.run(graph)).isFalse();
        assertThat(StateLowering.run(graph, List.of(List.of(Torch.randn(2))))).isFalse();
        assertThat(graph).hasToString(text);
    }

    @Test
    void aListThatIsPutBackAsItWasIsWhatTheModuleHas() {
        Graph graph = GraphText.parse(
                """
                graph(%x : Tensor):
                  %zero : int = prim::Constant[value=0]()
                  %read : Tensor[] = prim::GetAttr[name="anchors"]()
                  %a : Tensor = aten::__getitem__(%read, %zero)
                  %b : Tensor = aten::type_as(%a, %x)
                  %list : Tensor[] = prim::ListConstruct(%b)
                  prim::SetAttr[name="anchors"](%list)
                  %again : Tensor[] = prim::GetAttr[name="anchors"]()
                  %c : Tensor = aten::__getitem__(%again, %zero)
                  %y : Tensor = aten::mul(%x, %c)
                  return (%y)
                """);
        graph.slots().put("anchors", Slot.attribute(Type.TENSORS, List.of(Torch.randn(2))));

        Results.stay(graph, each -> StateLowering.run(each, List.of(List.of(Torch.randn(2)))), Torch.randn(2));
        assertThat(graph.kinds()).doesNotContainKey("prim::SetAttr");
    }
}
