package org.torchbridge;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The state of a module: tensors by their dotted names, in the module's order, as {@code module.state_dict()} in Python.
 * The tensors are the module's own, or, if read from a file, the file's.
 */
public final class StateDict extends LinkedHashMap<String, Tensor> {
    private static final long serialVersionUID = 1L;

    private final transient Map<String, Map<String, Object>> metadata = new LinkedHashMap<>();

    /** What Python keeps beside the tensors: for each module's prefix a few values, as a rule {@code version}. */
    public Map<String, Map<String, Object>> metadata() {
        return metadata;
    }
}
