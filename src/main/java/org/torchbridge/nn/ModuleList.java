package org.torchbridge.nn;

import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;

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
        return list().get(index);
    }

    /** Puts {@code module} in the place of the one at {@code index}. */
    public void set(int index, M module) {
        add(list().name(index), module);
    }

    /** Adds {@code module} at the end. */
    public ModuleList<M> append(M module) {
        add(list().nextName(), module);
        return this;
    }

    /** Adds {@code modules} at the end; {@code +=} in Python. */
    public ModuleList<M> extend(Iterable<? extends M> modules) {
        modules.forEach(this::append);
        return this;
    }

    /** Puts {@code module} before the one at {@code index}, or at the end. */
    public ModuleList<M> insert(int index, M module) {
        list().insert(index, module);
        return this;
    }

    /** Takes out the module at {@code index} and returns it. */
    public M pop(int index) {
        return list().pop(index);
    }

    /** The modules from {@code from} to before {@code to}: the same ones, numbered anew. */
    public ModuleList<M> slice(int from, int to) {
        return slice(from, to, 1);
    }

    /** Every {@code step}-th module from {@code from} to before {@code to}, backwards if {@code step} is negative. */
    public ModuleList<M> slice(int from, int to, int step) {
        Numbered<M> list = list();
        return new ModuleList<>(
                list.slice(from, to, step).stream().map(list.members()::get).toList());
    }

    /** These modules and then those of {@code other}. */
    public ModuleList<M> plus(Iterable<? extends M> other) {
        return new ModuleList<M>(this).extend(other);
    }

    @Override
    public Iterator<M> iterator() {
        return list().values().iterator();
    }

    @SuppressWarnings("unchecked") // append, insert and set take nothing else
    private Numbered<M> list() {
        return new Numbered<>((Map<String, M>) added());
    }
}
