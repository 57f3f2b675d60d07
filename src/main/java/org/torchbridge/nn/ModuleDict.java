package org.torchbridge.nn;

import java.util.Collections;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;

/**
 * Modules by name, which are children of the module whose field it is; they are not called by the dict.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.ModuleDict.html">ModuleDict</a>.
 */
public class ModuleDict<M extends Module> extends Module {

    public ModuleDict() {}

    /** The modules of {@code modules}, in its order. */
    public ModuleDict(Map<String, ? extends M> modules) {
        modules.forEach(this::put);
    }

    public int size() {
        return added().size();
    }

    /** The names, in the order in which they were put. */
    public Set<String> keys() {
        return Collections.unmodifiableSet(added().keySet());
    }

    public boolean containsKey(String name) {
        return added().containsKey(name);
    }

    /**
     * The module called {@code name}.
     *
     * @throws NoSuchElementException if there is none
     */
    @SuppressWarnings("unchecked") // put takes nothing else
    public M get(String name) {
        Module module = added().get(name);
        if (module == null) {
            throw new NoSuchElementException("there is no module '" + name + "'; there are " + added().keySet());
        }
        return (M) module;
    }

    /** Adds {@code module}, or replaces the one of this name. */
    public void put(String name, M module) {
        add(name, module);
    }

    /** Takes the module called {@code name} out and returns it. */
    public M remove(String name) {
        M module = get(name);
        added().remove(name);
        return module;
    }
}
