package org.torchbridge.jit;

import java.util.HashMap;
import java.util.Map;
import org.torchbridge.Tensor;
import org.torchbridge.internal.Adoption;
import org.torchbridge.internal.NativeTensor;
import org.torchbridge.internal.ScriptObject;
import org.torchbridge.nn.Buffer;
import org.torchbridge.nn.Parameter;

/** Makes the modules of a program, and the parameters and buffers over its tensors: one for each, however often it is there. */
final class ScriptTree {
    private final Map<Long, ScriptModule> modules = new HashMap<>();
    private final Map<Long, Parameter> parameters = new HashMap<>();
    private final Map<Long, Buffer> buffers = new HashMap<>();

    ScriptModule module(ScriptObject script) {
        ScriptModule known = modules.get(script.identity());
        if (known != null) {
            script.close();
            return known;
        }
        ScriptModule module = ScriptModule.bare(script);
        modules.put(script.identity(), module);
        for (ScriptObject.Slot slot : script.slots()) {
            switch (slot.kind()) {
                case PARAMETER, BUFFER -> tensor(module, slot);
                case MODULE -> module.member(slot.name(), module(script.object(slot.name())));
                default -> {} // the program's own
            }
        }
        return module;
    }

    private void tensor(ScriptModule module, ScriptObject.Slot slot) {
        long handle = module.script().tensor(slot.name());
        if (handle == 0) {
            return;
        }
        long identity = NativeTensor.identity(handle);
        Tensor tensor = Adoption.adopt(handle);
        module.member(
                slot.name(),
                slot.kind() == ScriptObject.SlotKind.PARAMETER
                        ? parameters.computeIfAbsent(identity, key -> Parameter.wrap(tensor))
                        : buffers.computeIfAbsent(identity, key -> Buffer.wrap(tensor)));
    }
}
