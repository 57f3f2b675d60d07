package org.torchbridge.nn;

import java.util.Arrays;
import java.util.Iterator;

/**
 * Parameters in a list, which are parameters of the module whose field it is. Their names are "0", "1" and so on.
 * Positions may be negative: {@code -1} is the last parameter.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.ParameterList.html">ParameterList</a>.
 */
public class ParameterList extends Module implements Iterable<Parameter> {

    public ParameterList(Parameter... values) {
        this(Arrays.asList(values));
    }

    public ParameterList(Iterable<Parameter> values) {
        extend(values);
    }

    public int size() {
        return addedParameters().size();
    }

    /** The parameter at {@code index}. */
    public Parameter get(int index) {
        return list().get(index);
    }

    /** Puts {@code parameter} in the place of the one at {@code index}. */
    public void set(int index, Parameter parameter) {
        add(list().name(index), parameter);
    }

    /** Adds {@code parameter} at the end. */
    public ParameterList append(Parameter parameter) {
        add(list().nextName(), parameter);
        return this;
    }

    /** Adds {@code parameters} at the end; {@code +=} in Python. */
    public final ParameterList extend(Iterable<Parameter> parameters) {
        parameters.forEach(this::append);
        return this;
    }

    /** The parameters from {@code from} to before {@code to}: the same ones, numbered anew. */
    public ParameterList slice(int from, int to) {
        return slice(from, to, 1);
    }

    /** Every {@code step}-th parameter from {@code from} to before {@code to}, backwards if {@code step} is negative. */
    public ParameterList slice(int from, int to, int step) {
        ParameterList slice = new ParameterList();
        list().slice(from, to, step)
                .forEach(name -> slice.append(addedParameters().get(name)));
        return slice;
    }

    @Override
    public Iterator<Parameter> iterator() {
        return list().values().iterator();
    }

    @Override
    public String extraRepr() {
        return ParameterText.lines(addedParameters(), ParameterText::dtype);
    }

    private Numbered<Parameter> list() {
        return new Numbered<>(addedParameters());
    }
}
