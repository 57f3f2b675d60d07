package org.torchbridge.graph.passes;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.GraphText;
import org.torchbridge.graph.Slot;
import org.torchbridge.graph.Type;

class InferenceFormTest {
    @Test
    void dropoutLetsEverythingThrough() {
        Graph graph = GraphText.parse(
                """
                graph(%x : Tensor, %p : float, %train : bool):
                  %0 : Tensor = aten::dropout(%x, %p, %train)
                  %1 : Tensor = aten::feature_dropout_(%0, %p, %train)
                  return (%1)
                """);

        assertThat(InferenceForm.run(graph)).isTrue();
        assertThat(graph)
                .hasToString(
                        """
                graph(%x : Tensor, %p : float, %train : bool):
                  return (%x)
                """);
        assertThat(InferenceForm.run(graph)).isFalse();
    }

    @Test
    void theModulesAreNotTraining() {
        Graph graph = GraphText.parse(
                """
                graph():
                  %0 : bool = prim::GetAttr[name="training"]()
                  %1 : bool = prim::GetAttr[name="layer1.0.bn1.training"]()
                  %2 : bool = prim::GetAttr[name="is_training"]()
                  return (%0, %1, %2)
                """);

        assertThat(InferenceForm.run(graph)).isTrue();
        assertThat(graph.toString()).contains("GetAttr[name=\"is_training\"]").doesNotContain("bn1");
    }

    @Test
    void whatTheProgramOnlyReadsIsConstant() {
        Graph graph = GraphText.parse(
                """
                graph():
                  %a : int = prim::GetAttr[name="a"]()
                  %b : int = prim::GetAttr[name="b"]()
                  prim::SetAttr[name="b"](%a)
                  return (%a, %b)
                """);
        graph.slots().put("a", Slot.attribute(Type.INT, 1L));
        graph.slots().put("b", Slot.attribute(Type.INT, 2L));

        Results.stay(graph, InferenceForm::run);
        assertThat(graph.kinds()).containsEntry("prim::GetAttr", 1).containsEntry("prim::Constant", 1);
    }

    @Test
    void normalisationUsesTheRunningStatisticsWhereThereAreSome() {
        Graph graph = GraphText.parse(
                """
                graph(%x : Tensor, %s : Tensor, %train : bool, %m : float):
                  %none : NoneType = prim::Constant()
                  %a : Tensor = aten::batch_norm(%x, %s, %s, %s, %s, %train, %m, %m, %train)
                  %b : Tensor = aten::batch_norm(%x, %s, %s, %none, %none, %train, %m, %m, %train)
                  %c : Tensor = aten::instance_norm(%x, %s, %s, %s, %s, %train, %m, %m, %train)
                  return (%a, %b, %c)
                """);

        assertThat(InferenceForm.run(graph)).isTrue();
        assertThat(graph)
                .hasToString(
                        """
                graph(%x : Tensor, %s : Tensor, %train : bool, %m : float):
                  %none : NoneType = prim::Constant()
                  %0 : bool = prim::Constant[value=false]()
                  %a : Tensor = aten::batch_norm(%x, %s, %s, %s, %s, %0, %m, %m, %train)
                  %b : Tensor = aten::batch_norm(%x, %s, %s, %none, %none, %train, %m, %m, %train)
                  %1 : bool = prim::Constant[value=false]()
                  %c : Tensor = aten::instance_norm(%x, %s, %s, %s, %s, %1, %m, %m, %train)
                  return (%a, %b, %c)
                """);
    }

    @Test
    void attentionAndRecurrentLayersDropNothing() {
        Graph graph = GraphText.parse(
                """
                graph(%x : Tensor, %xs : Tensor[], %p : float, %n : int, %t : bool):
                  %none : NoneType = prim::Constant()
                  %0 : Tensor = aten::scaled_dot_product_attention(%x, %x, %x, %none, %p, %t, %none, %t)
                  %1 : Tensor, %2 : Tensor, %3 : Tensor = aten::lstm(%x, %xs, %xs, %t, %n, %p, %t, %t, %t)
                  return (%0, %1)
                """);

        assertThat(InferenceForm.run(graph)).isTrue();
        assertThat(graph.toString())
                .containsPattern(
                        "= prim::Constant\\[value=0\\.0?].*\\n.*scaled_dot_product_attention\\(%x, %x, %x, %none, %[0-9.]+, %t, %none, %t\\)")
                .containsPattern("aten::lstm\\(%x, %xs, %xs, %t, %n, %p, %[0-9.]+, %t, %t\\)");
    }
}
