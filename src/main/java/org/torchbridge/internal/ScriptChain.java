package org.torchbridge.internal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.pytorch.CompilationUnit;
import org.bytedeco.pytorch.Graph;
import org.bytedeco.pytorch.GraphFunction;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.JitNode;
import org.bytedeco.pytorch.QualifiedName;
import org.bytedeco.pytorch.ScriptTypeParser;
import org.bytedeco.pytorch.Symbol;
import org.bytedeco.pytorch.Type;
import org.bytedeco.pytorch.Value;
import org.bytedeco.pytorch.ValueArrayRef;
import org.bytedeco.pytorch.ValueVector;
import org.jspecify.annotations.Nullable;

/** Modules that do nothing but call one child after the other, each with what the one before made. */
final class ScriptChain {
    private static final String SEQUENTIAL = "__torch__.torch.nn.modules.container.Sequential";

    private ScriptChain() {}

    /** The children in the order in which they are called; null if the module does anything else. */
    static @Nullable List<String> of(GraphFunction forward) {
        Graph graph = forward.graph();
        if (graph.inputs().size() != 2) {
            return null;
        }
        Map<Long, String> children = new HashMap<>();
        List<String> chain = new ArrayList<>();
        long current = graph.inputs().get(1).address();
        long end = graph.return_node().address();
        for (JitNode node = graph.param_node().next(); node.address() != end; node = node.next()) {
            String kind = node.kind().toQualString().getString();
            if (kind.equals("prim::GetAttr")) {
                children.put(node.output().address(), ScriptClasses.name(node));
            } else if (calls(node, kind, children, current)) {
                chain.add(children.get(node.input(0).address()));
                current = node.output().address();
            } else if (!kind.equals("prim::Constant")) {
                return null;
            }
        }
        return graph.outputs().get(0).address() == current ? chain : null;
    }

    private static boolean calls(JitNode node, String kind, Map<Long, String> children, long input) {
        return kind.equals("prim::CallMethod")
                && ScriptClasses.name(node).equals("forward")
                && node.inputs().size() == 2
                && children.containsKey(node.input(0).address())
                && node.input(1).address() == input;
    }

    /** A module that calls these children of {@code original}. To be called in a scope, which owns it. */
    static JitModule slice(JitModule original, List<String> names) {
        CompilationUnit unit = original._ivalue().compilation_unit();
        JitModule slice = new JitModule(new QualifiedName(SEQUENTIAL), unit, true);
        slice.register_attribute(
                "training", new ScriptTypeParser().parseType("bool"), new IValue(original.is_training()), false, false);
        for (String name : new LinkedHashSet<>(names)) {
            slice.register_module(name, new JitModule(original.attr(name).toObject()));
        }
        QualifiedName forward = new QualifiedName(slice.type().name().get(), "forward");
        slice.type().addMethod(unit.create_function(forward, graph(slice, names)));
        return slice;
    }

    private static Graph graph(JitModule slice, List<String> names) {
        Graph graph = new Graph();
        Value self = graph.addInput("self").setType(new Type.TypePtr(slice.type()));
        Value current = graph.addInput("input");
        for (String name : names) {
            Value child = graph.insertNode(graph.createGetAttr(self, name)).output();
            ScriptMethod method = new ScriptMethod(
                    new JitModule(slice.attr(name).toObject()).type().findMethod("forward"), "");
            if (name.equals(names.get(0))) {
                current.setType(method.taken(1));
            }
            JitNode call = graph.create(
                    Symbol.fromQualString("prim::CallMethod"), new ValueArrayRef(new ValueVector(child, current)), 1);
            call.s_(Symbol.fromQualString("attr::name"), new BytePointer("forward"));
            call.output().setType(new Type.TypePtr(method.returned()));
            current = graph.insertNode(call).output();
        }
        graph.registerOutput(current);
        return graph;
    }
}
