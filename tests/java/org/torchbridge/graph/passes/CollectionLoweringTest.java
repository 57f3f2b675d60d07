package org.torchbridge.graph.passes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.GraphBuilder;
import org.torchbridge.graph.GraphText;
import org.torchbridge.graph.Slot;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Value;

class CollectionLoweringTest {
    @Test
    void whatIsPutIntoAListIsReadOutAgain() {
        Graph graph = GraphText.parse(
                """
                graph(%x : int, %y : int):
                  %zero : int = prim::Constant[value=0]()
                  %last : int = prim::Constant[value=-1]()
                  %sizes : int[] = prim::ListConstruct(%x, %y)
                  %copy : int[] = aten::copy(%sizes)
                  %0 : int[] = aten::_set_item(%copy, %last, %x)
                  %a : int = aten::__getitem__(%copy, %last)
                  %b : int = aten::sum(%copy)
                  %c : int = aten::sum(%sizes)
                  return (%a, %b, %c)
                """);

        Results.stay(graph, CollectionLowering::run, 3L, 5L);
        assertThat(graph.kinds()).doesNotContainKeys("aten::copy", "aten::_set_item", "aten::__getitem__");
    }

    @Test
    void aDictionaryIsMadeAtOnceForWhoTakesItWhole() {
        Graph graph = new Graph();
        Value x = graph.addInput("x", Type.TENSOR);
        GraphBuilder g = GraphBuilder.at(graph.body());
        Type type = new Type.OfDict(Type.STRING, Type.TENSOR);
        Value dict = g.node("aten::dict", List.of(type), List.of()).output();
        g.node("aten::_set_item", List.of(), List.of(dict, g.constant("out"), g.op("aten::neg", x)));
        g.node("aten::_set_item", List.of(), List.of(dict, g.constant("aux"), x));
        Value out = g.node("aten::__getitem__", List.of(Type.TENSOR), List.of(dict, g.constant("out")))
                .output();
        graph.addOutput(g.op("aten::relu", out));
        graph.addOutput(dict);

        assertThat(CollectionLowering.run(graph)).isTrue();
        assertThat(graph.kinds())
                .containsEntry("prim::DictConstruct", 1)
                .doesNotContainKeys("aten::dict", "aten::_set_item", "aten::__getitem__");
        assertThat(graph.outputs().get(0).producer().input(0).producer().kind()).isEqualTo("aten::neg");
    }

    @Test
    void anObjectIsTheValuesInIt() {
        Graph graph = new Graph();
        Value x = graph.addInput("x", Type.TENSOR);
        GraphBuilder g = GraphBuilder.at(graph.body());
        Value object = g.node("prim::CreateObject", List.of(new Type.OfNative("__torch__.Pair", null)), List.of())
                .output();
        g.node("prim::SetAttr", List.of(), List.of(object, x)).set("name", "first");
        Value first = g.node("prim::GetAttr", List.of(Type.TENSOR), List.of(object))
                .set("name", "first")
                .output();
        graph.addOutput(g.op("aten::neg", first));

        assertThat(CollectionLowering.run(graph)).isTrue();
        assertThat(graph)
                .hasToString(
                        """
                graph(%x : Tensor):
                  %2 : Tensor = aten::neg(%x)
                  return (%2)
                """);
    }

    @Test
    void listsAndDictionariesOfTheModuleAreConstants() {
        Graph graph = GraphText.parse(
                """
                graph():
                  %zero : int = prim::Constant[value=0]()
                  %key : str = prim::Constant[value="layer4"]()
                  %window : int[] = prim::GetAttr[name="window"]()
                  %size : int = aten::__getitem__(%window, %zero)
                  %layers : Dict(str, str) = prim::GetAttr[name="layers"]()
                  %is : bool = aten::__contains__(%layers, %key)
                  %name : str = aten::__getitem__(%layers, %key)
                  return (%size, %is, %name)
                """);
        graph.slots().put("window", Slot.attribute(Type.INTS, List.of(7L, 7L)));
        graph.slots().put("layers", Slot.attribute(new Type.OfDict(Type.STRING, Type.STRING), Map.of("layer4", "out")));

        Results.stay(graph, CollectionLowering::run);
        Simplification.run(graph);
        assertThat(graph.outputs().stream().map(Constants::of)).containsExactly(7L, true, "out");
    }

    @Test
    void whatIsChangedInABranchStays() {
        String text =
                """
                graph(%c : bool):
                  %zero : int = prim::Constant[value=0]()
                  %sizes : int[] = prim::ListConstruct(%zero, %zero)
                  prim::If(%c)
                    block0():
                      %0 : int[] = aten::_set_item(%sizes, %zero, %zero)
                      -> ()
                    block1():
                      -> ()
                  return (%sizes)
                """;
        Graph graph = GraphText.parse(text);

        assertThat(CollectionLowering.run(graph)).isFalse();
        assertThat(graph).hasToString(text);
    }
}
