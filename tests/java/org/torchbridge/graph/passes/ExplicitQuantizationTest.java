package org.torchbridge.graph.passes;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.GraphText;
import org.torchbridge.jit.ScriptModule;

class ExplicitQuantizationTest {
    private static final Path FILES = Path.of("tests", "resources", "quantized");

    private static Graph read(String name, Tensor example) {
        Graph graph = ScriptModule.load(FILES.resolve(name + ".pt")).toGraph("forward");
        InferenceForm.run(graph);
        Simplification.run(graph);
        Shapes.run(graph, List.of(example));
        TypeFacts.run(graph);
        Simplification.run(graph);
        return graph;
    }

    @ParameterizedTest
    @ValueSource(strings = {"per_channel", "per_tensor", "operators", "dynamic"})
    void modulesOfPythonsGiveTheSameWithOperatorsOnRealTensors(String name) {
        List<?> calls = (List<?>) Torch.load(FILES.resolve(name + ".calls.pth")).value();
        Tensor x = (Tensor) ((List<?>) calls.get(0)).get(0);
        Graph graph = read(name, x);

        Results.stay(graph, program -> ExplicitQuantization.run(program, List.of(x)), x);

        assertThat(graph.kinds().keySet()).noneMatch(kind -> kind.startsWith("quantized::"));
        assertThat(ExplicitQuantization.run(graph, List.of(x))).isFalse();
    }

    @Test
    void operatorsOfRealTensorsKeepTheScalesOfTheirInputs() {
        Graph graph = GraphText.parse(
                """
                graph(%x : Tensor):
                  %scale : float = prim::Constant[value=0.5]()
                  %zero : int = prim::Constant[value=3]()
                  %type : int = prim::Constant[value=13]()
                  %q : Tensor = aten::quantize_per_tensor(%x, %scale, %zero, %type)
                  %r : Tensor = aten::relu(%q)
                  %y : Tensor = aten::dequantize(%r)
                  return (%y)
                """);
        Tensor x = Torch.randn(4).mul(3);
        Shapes.run(graph, List.of(x));

        Results.stay(graph, program -> ExplicitQuantization.run(program, List.of(x)), x);

        assertThat(graph.kinds()).containsEntry("aten::quantize_per_tensor", 2).containsEntry("aten::dequantize", 2);
    }
}
