package org.torchbridge.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.torchbridge.Tensor;
import org.torchbridge.TorchException;
import org.torchbridge.UnsupportedOperatorException;
import org.torchbridge.jit.ScriptModule;
import org.torchbridge.nn.Module;
import org.torchbridge.onnx.OnnxModel;
import org.torchbridge.onnx.ValueInfo;

/** What programs are made of, for people: modules and methods, inputs and outputs, operators and how often they occur. */
final class ProgramText {
    private static final String INDENT = "  ";
    private static final String ORIGINAL_NAME = "original_name=";

    private static final List<String> NO_OPERATORS = List.of("prim::Constant", "prim::GetAttr");

    private final PrintWriter out;

    ProgramText(PrintWriter out) {
        this.out = out;
    }

    // ---- TorchScript

    void print(ScriptModule module, Map<String, byte[]> extraFiles) {
        tree("", module, 0);
        out.println(InspectCommand.total(module.stateDict()));
        out.println("methods");
        module.methods().values().forEach(method -> out.println(INDENT + method));
        operators(module);
        if (!extraFiles.isEmpty()) {
            out.println("extra files");
            extraFiles.forEach(
                    (name, content) -> out.println(INDENT + name + ": " + Table.number(content.length) + " bytes"));
        }
    }

    private void tree(String name, Module module, int depth) {
        String type = module instanceof ScriptModule script
                ? script.extraRepr().substring(ORIGINAL_NAME.length())
                : module.getClass().getSimpleName();
        out.println(INDENT.repeat(depth) + (name.isEmpty() ? "" : name + ": ") + type);
        String indent = INDENT.repeat(depth + 1);
        module.namedParameters("", false, false)
                .forEach((key, parameter) -> tensor(indent + key, parameter.tensor(), ""));
        module.namedBuffers("", false, false)
                .forEach((key, buffer) -> tensor(indent + key, buffer.tensor(), ", a buffer"));
        module.namedChildren().forEach((key, child) -> tree(key, child, depth + 1));
    }

    private void tensor(String name, Tensor tensor, String remark) {
        out.println(name + ": " + ValueTree.describe(tensor) + remark);
    }

    private void operators(ScriptModule module) {
        try {
            Map<String, Integer> kinds = new TreeMap<>(module.toGraph("forward").kinds());
            kinds.keySet().removeAll(NO_OPERATORS);
            operators(kinds, List.of());
        } catch (TorchException | IllegalArgumentException e) {
            out.println("operators: " + e.getMessage().lines().findFirst().orElse(""));
        }
    }

    // ---- ONNX

    void print(OnnxModel model) {
        out.println("version " + model.irVersion() + " of the format"
                + (model.producer().isEmpty() ? "" : ", written by " + model.producer()));
        model.opsets()
                .forEach((domain, version) -> out.println(
                        "operators of " + (domain.isEmpty() ? "ai.onnx" : domain) + ", version " + version));
        model.metadata().forEach((key, text) -> out.println("metadata " + key + ": " + text));
        values("inputs", model.inputs());
        values("outputs", model.outputs());
        out.println(Table.number(model.weights().size()) + " weights");
        operators(model.operators(), unsupported(model));
    }

    private void values(String title, List<ValueInfo> values) {
        out.println(title);
        values.forEach(value -> out.println(INDENT + value));
    }

    private List<UnsupportedOperatorException.Use> unsupported(OnnxModel model) {
        try {
            model.toGraph();
            return List.of();
        } catch (UnsupportedOperatorException e) {
            return e.uses();
        }
    }

    // ---- operators

    private void operators(Map<String, Integer> counts, List<UnsupportedOperatorException.Use> unsupported) {
        Table table = new Table("operator", ">nodes");
        counts.forEach((operator, count) -> table.row(operator, Table.number(count)));
        table.print(out);
        if (!unsupported.isEmpty()) {
            out.println("not supported");
            unsupported.forEach(use -> out.println(INDENT + use));
        }
    }
}
