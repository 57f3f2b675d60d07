package org.torchbridge.jit;

import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.torchbridge.GradMode;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.graph.Slot;
import org.torchbridge.graph.Type;
import org.torchbridge.nn.Buffer;
import org.torchbridge.nn.Module;

/** The state of a module of Java's: as what a program calls it, and as something to go back to. */
final class ModuleState {
    /** Of an attribute that may be a tensor: TorchScript takes any that is one for a buffer. */
    private static final Type HIDDEN = new Type.OfOptional(Type.TENSOR);

    private ModuleState() {}

    /**
     * Parameters, buffers and training flags, in the order of the state dict and under its keys. A buffer that is not in
     * the state dict is an attribute.
     */
    static Map<String, Slot> slots(Module module) {
        Map<String, Slot> slots = new LinkedHashMap<>();
        module.namedModules("", false).forEach((path, each) -> add(each, path.isEmpty() ? "" : path + ".", slots));
        return slots;
    }

    private static void add(Module module, String prefix, Map<String, Slot> slots) {
        module.namedParameters("", false, false)
                .forEach((name, parameter) -> slots.put(prefix + name, Slot.parameter(parameter.tensor())));
        module.namedBuffers("", false, false).forEach((name, buffer) -> slots.put(prefix + name, slot(buffer)));
        slots.put(prefix + "training", Slot.attribute(Type.Simple.BOOL, module.isTraining()));
    }

    private static Slot slot(Buffer buffer) {
        return buffer.isPersistent() ? Slot.buffer(buffer.tensor()) : Slot.attribute(HIDDEN, buffer.tensor());
    }

    /** The Java classes of the modules at all paths. */
    static Map<String, String> classNames(Module module) {
        Map<String, String> names = new LinkedHashMap<>();
        module.namedModules("", false).forEach((path, each) -> names.put(path, className(each)));
        return names;
    }

    /** An anonymous class goes by the one it extends. */
    static String className(Module module) {
        Class<?> type = module.getClass();
        return (type.isAnonymousClass() ? type.getSuperclass() : type).getSimpleName();
    }

    /** Keeps the random numbers and a module's buffers as they are, whatever is run. */
    static final class Snapshot implements AutoCloseable {
        private final Tensor random = Scope.escape(Torch.defaultGenerator().getState());
        private final Map<Tensor, Tensor> buffers = new IdentityHashMap<>();

        Snapshot(Module module) {
            for (Buffer buffer : module.buffers()) {
                buffers.put(
                        buffer.tensor(), Scope.escape(buffer.tensor().detach().clone()));
            }
        }

        /** Goes back. */
        void restore() {
            Torch.defaultGenerator().setState(random);
            try (GradMode mode = Torch.noGrad()) {
                buffers.forEach((tensor, before) -> tensor.copy_(before));
            }
        }

        /** Whether random numbers were drawn since. */
        boolean isRandom() {
            return !Torch.defaultGenerator().getState().equal(random);
        }

        @Override
        public void close() {
            restore();
            random.close();
            buffers.values().forEach(Tensor::close);
        }
    }
}
