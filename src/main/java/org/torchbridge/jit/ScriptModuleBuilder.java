package org.torchbridge.jit;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.internal.SourceClass;
import org.torchbridge.nn.Buffer;
import org.torchbridge.nn.Module;
import org.torchbridge.nn.Parameter;

/**
 * Writes a TorchScript module by hand: members from Java, methods from source.
 *
 * <pre>{@code
 * ScriptModule scale = ScriptModule.builder("Scale")
 *         .parameter("weight", Torch.ones(3))
 *         .buffer("count", Torch.zeros(1))
 *         .attribute("eps", 1e-5)
 *         .child("fc", fc)
 *         .define("""
 *                 def forward(self, x: Tensor) -> Tensor:
 *                     if self.training:
 *                         self.count += 1
 *                     return self.fc(x) * self.weight + self.eps
 *                 """)
 *         .build();
 * }</pre>
 *
 * <p>{@link ScriptFunction} says what source may use. The module has {@code self.training}, which {@link ScriptModule#train}
 * sets. Members come before the methods that use them. What is saved loads in Python.
 */
public final class ScriptModuleBuilder {
    private static final Pattern CALL = Pattern.compile("\\bself((?:\\.\\w+)+)\\s*\\(");

    private final SourceClass script;
    private final Map<String, Object> members = new LinkedHashMap<>();

    ScriptModuleBuilder(String name) {
        if (!name.matches("[A-Za-z_]\\w*")) {
            throw new IllegalArgumentException("the name of a class is one word of Python's; this is '" + name + "'");
        }
        this.script = new SourceClass(name, new JavaTypes(Map.of()));
    }

    /** Adds a parameter over the memory of {@code tensor}; it requires gradients. */
    public ScriptModuleBuilder parameter(String name, Tensor tensor) {
        return parameter(name, new Parameter(tensor));
    }

    /** Adds a parameter, which may be one of another module too. */
    public ScriptModuleBuilder parameter(String name, Parameter parameter) {
        addMember(name, parameter);
        script.parameter(name, parameter.tensor().handle());
        return this;
    }

    /** Adds a buffer over the memory of {@code tensor}. */
    public ScriptModuleBuilder buffer(String name, Tensor tensor) {
        return buffer(name, new Buffer(tensor));
    }

    /** Adds a buffer, which may be one of another module too. */
    public ScriptModuleBuilder buffer(String name, Buffer buffer) {
        addMember(name, buffer);
        script.buffer(name, buffer.tensor().handle());
        return this;
    }

    /** Adds a child. Methods call it as {@code self.name(x)}, and other methods of it than forward by their names. */
    public ScriptModuleBuilder child(String name, ScriptModule child) {
        addMember(name, child);
        script.child(name, child.script());
        return this;
    }

    /**
     * Adds a value that methods read and set, of the type that follows from it: {@code List[int]} from a list of whole
     * numbers. {@link ScriptModule} says what values may be; {@link ScriptModule#freeze} makes constants of them.
     */
    public ScriptModuleBuilder attribute(String name, Object value) {
        addMember(name, null);
        script.attribute(name, null, value);
        return this;
    }

    /** Adds a value of a type that is written as Python writes it: {@code "Optional[Tensor]"}. */
    public ScriptModuleBuilder attribute(String name, String type, @Nullable Object value) {
        addMember(name, null);
        script.attribute(name, type, value);
        return this;
    }

    private void addMember(String name, @Nullable Object member) {
        if (name.equals("training") || members.containsKey(name)) {
            throw new IllegalArgumentException("the module has a member '" + name + "' already");
        }
        members.put(name, member);
    }

    /**
     * Adds methods. They may call each other, and those that were added before.
     *
     * @throws IllegalArgumentException if the source cannot be compiled; the message shows the place
     */
    public ScriptModuleBuilder define(String source) {
        script.define(callingForward(source), SourceNames.CONSTANTS);
        return this;
    }

    /** TorchScript itself calls no modules, only methods of theirs. */
    private String callingForward(String source) {
        Matcher call = CALL.matcher(source);
        return call.replaceAll(match -> isModule(match.group(1).substring(1))
                ? "self" + match.group(1) + ".forward("
                : Matcher.quoteReplacement(match.group()));
    }

    private boolean isModule(String path) {
        int dot = path.indexOf('.');
        Object member = members.get(dot < 0 ? path : path.substring(0, dot));
        return member instanceof Module module
                && (dot < 0 || module.namedModules().containsKey(path.substring(dot + 1)));
    }

    /** The module, in training mode. The builder is used up. */
    public ScriptModule build() {
        ScriptModule module = ScriptModule.bare(script.object());
        members.forEach((name, member) -> {
            if (member != null) {
                module.member(name, member);
            }
        });
        return module;
    }
}
