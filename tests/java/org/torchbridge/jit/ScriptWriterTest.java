package org.torchbridge.jit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.torchbridge.GradMode;
import org.torchbridge.Scalar;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.TorchException;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.GraphBuilder;
import org.torchbridge.graph.Node;
import org.torchbridge.graph.Slot;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Value;
import org.torchbridge.graph.passes.DeadCode;
import org.torchbridge.testing.PythonOracle;

class ScriptWriterTest {
    @TempDir
    private Path folder;

    private final Graph graph = new Graph();
    private final Value x = graph.addInput("x", Type.TENSOR);
    private final GraphBuilder g = GraphBuilder.at(graph.body());

    static Stream<String> programs() {
        return GraphPrograms.names();
    }

    // ---- what is shared

    /** In it, {@code again} is {@code shared}, and {@code tied.weight} is {@code shared.weight}. */
    private static ScriptModule shared() {
        return GraphPrograms.load("Nested");
    }

    @Test
    void parametersThatAreThereTwiceStayOneAndTheStateHasBothNames() {
        ScriptModule original = shared();
        Path file = folder.resolve("shared.pt");

        ScriptModule written = ScriptModule.of(original.toGraph("forward"));
        written.save(file);

        for (ScriptModule module : List.of(written, ScriptModule.load(file))) {
            assertThat(module.namedParameters().keySet())
                    .containsExactlyElementsOf(original.namedParameters().keySet())
                    .doesNotContain("again.weight", "again.bias", "tied.weight");
            assertThat(module.stateDict().keySet())
                    .containsExactlyElementsOf(original.stateDict().keySet())
                    .contains("again.weight", "again.bias", "tied.weight");
        }
    }

    @Test
    void whatIsLearnedOfASharedParameterIsLearnedEverywhere() {
        Path file = folder.resolve("shared.pt");
        ScriptModule.of(shared().toGraph("forward")).save(file);
        ScriptModule loaded = ScriptModule.load(file);

        try (GradMode mode = Torch.noGrad()) {
            loaded.namedParameters().get("shared.weight").tensor().fill_(7);
        }

        assertThat(loaded.stateDict().get("again.weight").min().toDouble()).isEqualTo(7);
        assertThat(loaded.stateDict().get("tied.weight").min().toDouble()).isEqualTo(7);
    }

    // ---- reading and writing changes nothing

    @ParameterizedTest
    @MethodSource("programs")
    void programsGoOnDoingWhatPythonsDo(String name) {
        GraphPrograms.check(name, ScriptModule.of(GraphPrograms.load(name).toGraph("forward")));
    }

    @ParameterizedTest
    @MethodSource("programs")
    void copiesDoTheSame(String name) {
        GraphPrograms.check(
                name,
                ScriptModule.of(GraphPrograms.load(name).toGraph("forward").copy()));
    }

    @ParameterizedTest
    @MethodSource("programs")
    void savedFilesDoTheSame(String name) {
        Path file = folder.resolve(name + ".pt");
        ScriptModule.of(GraphPrograms.load(name).toGraph("forward")).save(file);

        GraphPrograms.check(name, ScriptModule.load(file));
    }

    @ParameterizedTest
    @MethodSource("programs")
    void stateStaysWhatItWas(String name) {
        ScriptModule module = GraphPrograms.load(name);
        ScriptModule written = ScriptModule.of(module.toGraph("forward"));

        assertThat(List.copyOf(written.stateDict().keySet()))
                .isEqualTo(List.copyOf(module.stateDict().keySet()));
        assertThat(written.isTraining()).isEqualTo(module.isTraining());
        module.namedParameters().forEach((path, parameter) -> assertThat(
                        written.namedParameters().get(path).requiresGrad())
                .as(path)
                .isEqualTo(parameter.requiresGrad()));
        assertThat(written.methods().get("forward")).isEqualTo(module.methods().get("forward"));
    }

    @ParameterizedTest
    @MethodSource("programs")
    void readingAgainGivesTheSameNodes(String name) {
        Graph first = GraphPrograms.load(name).toGraph("forward");
        DeadCode.run(first);

        Graph second = ScriptModule.of(first).toGraph("forward");

        assertThat(second.kinds()).isEqualTo(first.kinds());
        assertThat(second.slots().keySet()).containsAll(first.slots().keySet());
    }

    @Test
    void pythonLoadsAndRunsWhatIsWritten() {
        GraphPrograms.names()
                .filter(name -> !List.of("Enums", "Objects", "Interfaces").contains(name))
                .forEach(name -> ScriptModule.of(GraphPrograms.load(name).toGraph("forward"))
                        .save(folder.resolve(name + ".pt")));

        String out = PythonOracle.run(
                """
                import sys, glob, os, torch
                calls = torch.load("tests/resources/graph/programs.pth")
                def same(a, b):
                    if isinstance(b, torch.Tensor): return torch.allclose(a, b)
                    if isinstance(b, dict): return list(a) == list(b) and all(same(a[k], b[k]) for k in b)
                    if isinstance(a, complex): return [a.real, a.imag] == b
                    if isinstance(b, (list, tuple)): return len(a) == len(b) and all(same(*p) for p in zip(a, b))
                    if isinstance(a, torch.device): return str(a) == b
                    return a == b or a != a and b != b
                for file in sorted(glob.glob(sys.argv[1] + "/*.pt")):
                    name = os.path.basename(file)[:-3]
                    module = torch.jit.load(file)
                    other = torch.jit.load("tests/resources/graph/" + name + ".pt")
                    assert list(module.state_dict()) == list(other.state_dict()), name
                    for arguments, result in calls[name]:
                        assert same(module(*arguments), result), name
                    assert all(m.training for m in module.train().modules()), name
                    print(name)
                """,
                folder.toString());

        assertThat(out.lines()).hasSize(14);
    }

    @Test
    void tensorsAreShared() {
        ScriptModule module = GraphPrograms.load("Counting");
        ScriptModule written = ScriptModule.of(module.toGraph("forward"));

        written.run("forward", Torch.ones(2, 3));

        assertThat(module.namedBuffers().get("sum").tensor().toDoubleArray()).containsExactly(2, 2, 2);
        assertThat(written.attribute("calls")).isEqualTo(1L);
        assertThat(written.attribute("log")).isEqualTo(List.of("call 1"));
        assertThat(module.attribute("calls")).isEqualTo(0L);
    }

    @Test
    void programsFollowTheirMode() {
        ScriptModule written = ScriptModule.of(GraphPrograms.load("Nested").toGraph("forward"));
        Tensor input = Torch.randn(5, 4);

        assertThat((Map<?, ?>) written.run("forward", input)).hasSize(2);
        written.train();
        assertThat((Map<?, ?>) written.run("forward", input)).hasSize(3);
    }

    @Test
    void programsRaiseTheirExceptions() {
        ScriptModule written = ScriptModule.of(GraphPrograms.load("Checked").toGraph("forward"));

        assertThatThrownBy(() -> written.run("forward", Torch.ones(2, 3), -1))
                .isInstanceOfSatisfying(
                        TorchException.class, e -> assertThat(e.nativeTrace()).contains("n is negative"));
        assertThatThrownBy(() -> written.run("forward", Torch.ones(3), 1))
                .isInstanceOfSatisfying(TorchException.class, e -> assertThat(e.nativeTrace())
                        .contains("two dimensions are needed, not 1"));
    }

    @Test
    void otherMethodsAreProgramsToo() {
        ScriptModule module = GraphPrograms.load("Functions");
        ScriptModule written = ScriptModule.of(module.toGraph("other"));
        Tensor input = Torch.randn(2, 3);

        GraphPrograms.assertSame(module.run("other", input, 3), written.run("forward", input, 3));
    }

    // ---- programs written by hand

    @Test
    void stateIsATreeOfModules() {
        graph.slots().put("layer1.0.conv.weight", Slot.parameter(Torch.ones(2).requiresGrad(true)));
        graph.slots().put("layer1.0.conv.mean", Slot.buffer(Torch.zeros(2)));
        graph.slots().put("scales.scale", Slot.attribute(Type.FLOAT, 2.0));
        graph.slots().put("training", Slot.attribute(Type.BOOL, true));
        Value scaled = g.op("aten::mul", x, g.get("scales.scale"));
        graph.addOutput(g.op("aten::add", scaled, g.get("layer1.0.conv.weight")));
        Path file = folder.resolve("tree.pt");

        ScriptModule.of(graph, "Tree").save(file);
        ScriptModule module = ScriptModule.load(file);

        assertThat(module.stateDict().keySet()).containsExactly("layer1.0.conv.weight", "layer1.0.conv.mean");
        assertThat(module.namedParameters().get("layer1.0.conv.weight").requiresGrad())
                .isTrue();
        assertThat(module.isTraining()).isTrue();
        assertThat(module.call(Torch.ones(2)).detach().toDoubleArray()).containsExactly(3, 3);
        assertThat(module.toString()).contains("original_name=Tree", "original_name=Layer1", "original_name=Conv");
    }

    @Test
    void severalResultsAreATupleAndNoneIsNull() {
        graph.addOutput(x);
        graph.addOutput(g.op("aten::size", x, 0));

        assertThat((List<?>) ScriptModule.of(graph).run("forward", Torch.ones(4)))
                .hasSize(2)
                .last()
                .isEqualTo(4L);
        graph.body().setOutputs(List.of());
        assertThat(ScriptModule.of(graph).run("forward", Torch.ones(4))).isNull();
    }

    @Test
    void constantsOfAllKinds() {
        List<Object> constants = List.of(
                1L,
                -0.5,
                Double.POSITIVE_INFINITY,
                true,
                "é\0\"",
                Scalar.complex(1, -2),
                List.of(1L, 2L),
                List.of(0.5),
                List.of(),
                List.of("a", ""),
                List.of(List.of(1L), List.of()));
        List<Type> types = List.of(
                Type.INT,
                Type.FLOAT,
                Type.FLOAT,
                Type.BOOL,
                Type.STRING,
                Type.Simple.COMPLEX,
                Type.INTS,
                Type.FLOATS,
                Type.INTS,
                new Type.OfList(Type.STRING),
                new Type.OfList(Type.INTS));
        for (int i = 0; i < constants.size(); i++) {
            graph.addOutput(g.constant(constants.get(i), types.get(i)));
        }
        graph.addOutput(g.constant(null, new Type.OfOptional(Type.INT)));
        graph.addOutput(g.constant(Torch.arange(3)));
        Path file = folder.resolve("constants.pt");
        ScriptModule.of(graph).save(file);

        List<?> results = (List<?>) ScriptModule.load(file).run("forward", Torch.ones(1));

        assertThat(results.subList(0, constants.size())).isEqualTo(constants);
        assertThat(results.get(constants.size())).isNull();
        assertThat(((Tensor) results.get(constants.size() + 1)).toLongArray()).containsExactly(0, 1, 2);
    }

    @Test
    void controlFlowRuns() {
        Value n = graph.addInput("n", Type.INT);
        List<Value> sum = g.loop(
                n,
                true,
                List.of(x),
                (body, turn, carried) -> List.of(
                        body.constant(true),
                        body.branch(
                                        body.op("aten::gt", turn, 1),
                                        then -> List.of(then.op("aten::add", carried.get(0), turn)),
                                        otherwise -> carried)
                                .get(0)));
        graph.addOutput(sum.get(0));
        ScriptModule module = ScriptModule.of(graph);

        assertThat(((Tensor) module.run("forward", Torch.zeros(1), 5)).item().doubleValue())
                .isEqualTo(9.0);
        assertThat(((Tensor) module.run("forward", Torch.zeros(1), 0)).item().doubleValue())
                .isEqualTo(0.0);
    }

    @Test
    void errorsSayWhereANodeCameFrom() {
        g.from("", "model.onnx:/conv/Conv_1");
        graph.addOutput(g.op("aten::matmul", x, x));
        ScriptModule module = ScriptModule.of(graph);

        assertThatThrownBy(() -> module.call(Torch.ones(2, 3)))
                .isInstanceOfSatisfying(
                        TorchException.class, e -> assertThat(e.nativeTrace()).contains("model.onnx:/conv/Conv_1"));
    }

    @Test
    void brokenProgramsAreRefused() {
        Node node = graph.body().append("prim::GetAttr", List.of()).set("name", "weight");
        graph.addOutput(node.addOutput(Type.TENSOR));
        assertThatThrownBy(() -> ScriptModule.of(graph))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'weight', which is not in Graph.slots()");

        graph.body().setOutputs(List.of());
        node.remove();
        Value late = g.op("aten::relu", x);
        Node early = graph.body().insertBefore(late.producer(), "aten::neg", List.of(late));
        early.addOutput(Type.TENSOR);
        assertThatThrownBy(() -> ScriptModule.of(graph))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is used before aten::relu makes it");

        early.remove();
        graph.addOutput(g.constant(1L, Type.STRING));
        assertThatThrownBy(() -> ScriptModule.of(graph))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a constant is the Long 1; str is expected");
    }

    @Test
    void namesThatNoFileCanHoldAreRefused() {
        graph.slots().put("a.if.weight", Slot.parameter(Torch.ones(1)));

        assertThatThrownBy(() -> ScriptModule.of(graph))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'a.if.weight'")
                .hasMessageContaining("no attribute 'if'");
    }
}
