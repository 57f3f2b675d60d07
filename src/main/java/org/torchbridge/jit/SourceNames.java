package org.torchbridge.jit;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.torchbridge.DType;
import org.torchbridge.MemoryFormat;

/** Constants that TorchScript source may use as attributes of {@code torch}: a program has types and memory formats as numbers. */
final class SourceNames {
    private static final List<String> ALIASES =
            List.of("float", "double", "half", "int", "long", "short", "cfloat", "cdouble", "chalf");

    static final Map<String, Long> CONSTANTS = constants();

    private SourceNames() {}

    private static Map<String, Long> constants() {
        Map<String, Long> constants = new LinkedHashMap<>();
        for (DType type : DType.values()) {
            constants.put(type.pythonName(), (long) type.code());
        }
        for (String alias : ALIASES) {
            constants.put(alias, (long) DType.parse(alias).code());
        }
        for (MemoryFormat format : MemoryFormat.values()) {
            constants.put(format.name().toLowerCase(Locale.ROOT), (long) format.ordinal());
        }
        return Collections.unmodifiableMap(constants);
    }
}
