package org.torchbridge.internal;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.pytorch.Block;
import org.bytedeco.pytorch.BlockArrayRef;
import org.bytedeco.pytorch.ClassType;
import org.bytedeco.pytorch.CompilationUnit;
import org.bytedeco.pytorch.Function;
import org.bytedeco.pytorch.FunctionVector;
import org.bytedeco.pytorch.Graph;
import org.bytedeco.pytorch.GraphFunction;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.JitNode;
import org.bytedeco.pytorch.QualifiedName;
import org.bytedeco.pytorch.QualifiedNameOptional;
import org.bytedeco.pytorch.StringVector;
import org.bytedeco.pytorch.Type;
import org.bytedeco.pytorch.Value;
import org.bytedeco.pytorch.global.torch.TypeKind;

/**
 * Makes copies of modules in which some children are of another class.
 *
 * <p>TorchScript looks methods up by the class that a child is declared to have. So a module with another child needs a
 * class of its own, with its methods compiled for that child, and so do those that it is a child of.
 *
 * <p>All is called in a scope, which owns what is made.
 */
final class ScriptClasses {
    private static final Pattern NAME = Pattern.compile("prim::\\w+\\[name=\"((?:[^\"\\\\]|\\\\.)*)\"");

    private final JitModule original;
    private final ClassType type;
    private final Map<String, ScriptObject> children;
    private final CompilationUnit unit;
    private final ClassType made;

    private ScriptClasses(JitModule original, Map<String, ScriptObject> children) {
        this.original = original;
        this.type = original.type();
        this.children = children;
        this.unit = original._ivalue().compilation_unit();
        QualifiedName name = unit.mangle(type.name().get());
        this.made = ClassType.create(new QualifiedNameOptional(name), unit, true, "", new StringVector());
    }

    /**
     * A module with the same slots as {@code original}, but for the given children.
     *
     * @throws IllegalArgumentException if a child lacks a method that the module calls
     */
    static JitModule withChildren(JitModule original, Map<String, ScriptObject> children) {
        return new ScriptClasses(original, children).make();
    }

    private JitModule make() {
        for (long i = 0; i < type.numAttributes(); i++) {
            String name = ScriptText.of(type.getAttributeName(i));
            ScriptObject child = children.get(name);
            made.addAttribute(
                    name, child == null ? type.getAttribute(i) : child.type(), type.is_parameter(i), type.is_buffer(i));
        }
        for (long i = 0; i < type.numConstants(); i++) {
            made.addConstant(type.getConstantName(i), type.getConstant(i));
        }
        unit.register_type(made);
        copyMethods();
        JitModule module = new JitModule(unit, made);
        for (long i = 0; i < type.numAttributes(); i++) {
            String name = ScriptText.of(type.getAttributeName(i));
            ScriptObject child = children.get(name);
            module.setattr(name, child == null ? original.attr(name) : child.value());
        }
        return module;
    }

    private void copyMethods() {
        FunctionVector methods = type.methods();
        for (long i = 0; i < methods.size(); i++) {
            made.addMethod(copy(methods.get(i)));
        }
        FunctionVector hooks = type.getForwardHooks();
        for (long i = 0; i < hooks.size(); i++) {
            made.addForwardHook(copy(hooks.get(i)));
        }
        FunctionVector preHooks = type.getForwardPreHooks();
        for (long i = 0; i < preHooks.size(); i++) {
            made.addForwardPreHook(copy(preHooks.get(i)));
        }
    }

    private Function copy(Function method) {
        Graph graph = new GraphFunction(method).graph().copy();
        graph.inputs().get(0).setType(new Type.TypePtr(made));
        retype(graph.block());
        QualifiedName name = new QualifiedName(made.name().get(), ScriptText.of(method.name()));
        Function copy = unit.create_function(name, graph);
        copy.setSchema(
                method.getSchema().cloneWithArguments(NativeSchemas.arguments(new GraphFunction(copy).getSchema())));
        return copy;
    }

    /** Follows the children's new classes through the nodes that read them. */
    private void retype(Block block) {
        long end = block.return_node().address();
        for (JitNode node = block.param_node().next(); node.address() != end; node = node.next()) {
            String kind = node.kind().toQualString().getString();
            if (kind.equals("prim::GetAttr") && isClass(node.input(0))) {
                node.output().setType(new ClassType(node.input(0).type().get()).getAttribute(name(node)));
            } else if (kind.equals("prim::CallMethod") && isClass(node.input(0))) {
                requireMethod(node);
            }
            BlockArrayRef blocks = node.blocks();
            for (long i = 0; i < blocks.size(); i++) {
                retype(blocks.get(i));
            }
        }
    }

    /** That the child that is called has what is called. */
    private void requireMethod(JitNode call) {
        ClassType child = new ClassType(call.input(0).type().get());
        String name = name(call);
        if (child.address() == made.address()) {
            return;
        }
        Function method = child.findMethod(name);
        String wanted = "the program of " + ScriptText.of(type.name().get().name()) + " calls '" + name
                + "' of it with " + (call.inputs().size() - 1) + " arguments for a "
                + ScriptText.of(call.output().type().get().annotation_str());
        if (method == null || method.isNull()) {
            throw new IllegalArgumentException(
                    "a " + ScriptText.of(child.name().get().name()) + " cannot be the child: it has no method '" + name
                            + "'; " + wanted);
        }
        ScriptMethod found = new ScriptMethod(method, "");
        if (!found.takes(call.inputs().size() - 1)
                || !found.returned().isSubtypeOf(call.output().type().get())) {
            throw new IllegalArgumentException(
                    "a " + ScriptText.of(child.name().get().name()) + " cannot be the child: it has " + found.text()
                            + "; " + wanted);
        }
    }

    private static boolean isClass(Value value) {
        return value.type().get().kind().intern() == TypeKind.ClassType;
    }

    /** The name of what a node reads or calls: the presets give no texts of nodes, but what prints them does. */
    static String name(JitNode node) {
        String text = new String(NativeScript.text(node.address()), StandardCharsets.UTF_8);
        Matcher matcher = NAME.matcher(text);
        if (!matcher.find()) {
            throw new IllegalStateException("this node has no name: " + text);
        }
        return matcher.group(1).replaceAll("\\\\(.)", "$1");
    }
}
