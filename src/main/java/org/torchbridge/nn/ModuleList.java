package org.torchbridge.nn;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;

/**
 * Modules in a list, which are children of the module whose field it is; they are not called by the list. Their names
 * are "0", "1" and so on. Positions may be negative: {@code -1} is the last module.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.ModuleList.html">ModuleList</a>.
 */
public class ModuleList<M extends Module> extends Module implements Iterable<M> {

    @SafeVarargs
    public ModuleList(M... modules) {
        this(Arrays.asList(modules));
    }

    public ModuleList(Iterable<? extends M> modules) {
        modules.forEach(this::append);
    }

    public int size() {
        return added().size();
    }

    /** The module at {@code index}. */
    public M get(int index) {
        return modulesInOrder().get(position(index));
    }

    /** Puts {@code module} in the place of the one at {@code index}. */
    public void set(int index, M module) {
        add(Integer.toString(position(index)), module);
    }

    /** Adds {@code module} at the end. */
    public ModuleList<M> append(M module) {
        add(Integer.toString(size()), module);
        return this;
    }

    @Override
    public Iterator<M> iterator() {
        return modulesInOrder().iterator();
    }

    @SuppressWarnings("unchecked") // append and set take nothing else
    private List<M> modulesInOrder() {
        return (List<M>) List.copyOf(added().values());
    }

    private int position(int index) {
        return Objects.checkIndex(index < 0 ? index + size() : index, size());
    }
}
