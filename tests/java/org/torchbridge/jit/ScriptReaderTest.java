package org.torchbridge.jit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.Node;
import org.torchbridge.graph.Schemas;
import org.torchbridge.graph.Slot;
import org.torchbridge.graph.Type;

class ScriptReaderTest {
    private static Graph read(String name) {
        return GraphPrograms.load(name).toGraph("forward");
    }

    static Stream<String> programs() {
        return GraphPrograms.names();
    }

    @Test
    void stateHasTheNamesOfTheStateDict() {
        ScriptModule module = GraphPrograms.load("Nested");

        Graph graph = module.toGraph("forward");

        List<String> tensors = new ArrayList<>();
        graph.slots().forEach((path, slot) -> {
            if (slot.kind() != Slot.Kind.ATTRIBUTE) {
                tensors.add(path);
            }
        });
        assertThat(tensors).containsExactlyElementsOf(module.stateDict().keySet());
        assertThat(graph.slots().get("blocks.0.linear.weight").kind()).isEqualTo(Slot.Kind.PARAMETER);
        assertThat(graph.slots().get("blocks.0.linear.weight").tensor().requiresGrad())
                .isFalse();
        assertThat(graph.slots().get("blocks.0.norm.running_mean").kind()).isEqualTo(Slot.Kind.BUFFER);
        assertThat(graph.slots().get("training")).isEqualTo(Slot.attribute(Type.BOOL, false));
    }

    @Test
    void nodesKnowTheirModules() {
        Graph graph = read("Nested");

        List<String> scopes = new ArrayList<>();
        graph.forEachNode(node -> {
            if (node.is("aten::linear")) {
                scopes.add(node.scope());
            }
        });
        assertThat(scopes)
                .containsExactly(
                        "shared",
                        "shared",
                        "tied",
                        "blocks.0.linear",
                        "blocks.1.linear",
                        "blocks.2.linear",
                        "heads.a",
                        "heads.b.1");
    }

    @Test
    void noCallsAndModulesAreLeft() {
        for (String name : List.of("Nested", "Functions", "Interfaces", "Objects", "Traced")) {
            assertThat(read(name).kinds())
                    .as(name)
                    .doesNotContainKeys("prim::CallMethod", "prim::CallFunction", "prim::fork", "aten::wait");
        }
    }

    @Test
    void stateIsReadAndWrittenByPath() {
        assertThat(read("Counting").toString())
                .contains("prim::GetAttr[name=\"sum\"]()", "prim::SetAttr[name=\"last\"](%", "[name=\"calls\"]");
        assertThat(read("Objects").toString()).contains("prim::SetAttr[name=\"total\"](%");
    }

    @Test
    void inputsHaveNamesTypesAndDefaults() {
        Graph graph = read("Optionals");

        assertThat(graph.inputs()).extracting(Object::toString).containsExactly("%x", "%y", "%n", "%factor");
        assertThat(graph.inputs())
                .extracting(input -> input.type().toString())
                .containsExactly("Tensor", "Tensor?", "int?", "float");
        assertThat(graph.defaults().values()).containsExactly(null, null, 0.5);
    }

    @ParameterizedTest
    @MethodSource("programs")
    void everyOperatorHasItsSchema(String name) {
        List<String> without = new ArrayList<>();
        read(name).forEachNode(node -> {
            if (node.kind().startsWith("aten::") && Schemas.of(node).isEmpty()) {
                without.add(node.toString());
            }
        });

        assertThat(without).isEmpty();
    }

    /** Programs without modules below them, of which libtorch's graph is the whole. */
    @ParameterizedTest
    @MethodSource("flat")
    void printsAsTorchScriptDoes(String name) {
        JitModule module = torch.load(GraphPrograms.path(name).toString());

        assertThat(plain(read(name).toString()))
                .isEqualTo(plain(module.get_method("forward").graph().toString()));
    }

    static Stream<String> flat() {
        return Stream.of("Branches", "Loops", "Lists", "Dictionaries", "InPlace", "Checked");
    }

    /** Without sources, without the module, and without = where nothing is made; names by the order in which they come. */
    private static String plain(String graph) {
        List<String> names = new ArrayList<>();
        String text = graph.replaceAll(" #.*", "")
                .replaceAll("graph\\(%self[^,]*,\\s*", "graph(")
                .replaceAll(",\\s*(?=%)", ", ")
                .replaceAll("(?m)^( *) = ", "$1")
                .replaceAll("value=false", "value=0")
                .replaceAll("value=true", "value=1")
                .strip();
        return Pattern.compile("%[\\w.]+").matcher(text).replaceAll(match -> {
            if (!names.contains(match.group())) {
                names.add(match.group());
            }
            return "%" + names.indexOf(match.group());
        });
    }

    @Test
    void unknownMethodsAreRefused() {
        assertThatThrownBy(() -> GraphPrograms.load("Functions").toGraph("backward"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Functions has no method 'backward'")
                .hasMessageContaining("other(");
    }

    @Test
    void typesOfProgramsAreKept() {
        Graph graph = read("Tuples");
        Node construct = graph.body().nodes().stream()
                .filter(node -> node.is("prim::TupleConstruct"))
                .filter(node -> ((Type.OfTuple) node.output().type()).name() != null)
                .findFirst()
                .orElseThrow();

        Type.OfTuple type = (Type.OfTuple) construct.output().type();
        assertThat(type.name()).endsWith("Pair");
        assertThat(type.fields()).containsExactly("left", "right");
        assertThat(type.elements()).hasToString("[Tensor, Tensor?]");
    }
}
