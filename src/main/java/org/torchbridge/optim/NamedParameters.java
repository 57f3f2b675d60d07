package org.torchbridge.optim;

import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.torchbridge.nn.Parameter;

/** Parameters that have names, such as those of {@code module.namedParameters()}. */
record NamedParameters(Map<String, Parameter> parameters) implements Iterable<Parameter> {
    @Override
    public Iterator<Parameter> iterator() {
        return parameters.values().iterator();
    }

    List<String> names() {
        return List.copyOf(parameters.keySet());
    }
}
