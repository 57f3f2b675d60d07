package org.torchbridge.nn;

import java.util.Collection;
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
        update(modules);
    }

    public int size() {
        return added().size();
    }

    /** The names, in the order in which they were put. */
    public Set<String> keys() {
        return Collections.unmodifiableSet(added().keySet());
    }

    /** The modules, in the order of their names. */
    public Collection<M> values() {
        return items().values();
    }

    /** The modules by name. */
    @SuppressWarnings("unchecked") // put takes nothing else
    public Map<String, M> items() {
        return (Map<String, M>) Collections.unmodifiableMap(added());
    }

    public boolean containsKey(String name) {
        return added().containsKey(name);
    }

    /**
     * The module called {@code name}.
     *
     * @throws NoSuchElementException if there is none
     */
    public M get(String name) {
        M module = items().get(name);
        if (module == null) {
            throw new NoSuchElementException("there is no module '" + name + "'; there are " + keys());
        }
        return module;
    }

    /** Adds {@code module}, or replaces the one of this name. */
    public void put(String name, M module) {
        add(name, module);
    }

    /** Adds the modules of {@code modules}, or replaces those of the same names. */
    public void update(Map<String, ? extends M> modules) {
        modules.forEach(this::put);
    }

    /** Takes the module called {@code name} out and returns it. */
    public M pop(String name) {
        M module = get(name);
        delete(name);
        return module;
    }

    /** Takes all modules out. */
    public void clear() {
        added().clear();
    }
}
