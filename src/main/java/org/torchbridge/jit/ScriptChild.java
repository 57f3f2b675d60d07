package org.torchbridge.jit;

import java.util.HashMap;
import java.util.Map;
import org.torchbridge.internal.ScriptObject;

/** A module that is being read: what a value of libtorch's graphs is that is none of the program. */
final class ScriptChild {
    private final String path;
    private final ScriptObject object;
    private final Map<String, ScriptObject.SlotKind> kinds = new HashMap<>();

    ScriptChild(String path, ScriptObject object) {
        this.path = path;
        this.object = object;
        object.slots().forEach(slot -> kinds.put(slot.name(), slot.kind()));
    }

    String path() {
        return path;
    }

    ScriptObject object() {
        return object;
    }

    boolean isModule(String name) {
        return kinds.get(name) == ScriptObject.SlotKind.MODULE;
    }

    /** The path of what is in a slot. */
    String path(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }
}
