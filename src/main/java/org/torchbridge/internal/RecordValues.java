package org.torchbridge.internal;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The components of a record, whose accessors may be in a package that is not open. */
public final class RecordValues {
    private RecordValues() {}

    public static List<@Nullable Object> of(Record record) {
        List<@Nullable Object> values = new ArrayList<>();
        for (RecordComponent component : record.getClass().getRecordComponents()) {
            try {
                component.getAccessor().setAccessible(true);
                values.add(component.getAccessor().invoke(record));
            } catch (ReflectiveOperationException | RuntimeException e) {
                throw new IllegalArgumentException(
                        "the component " + component.getName() + " of "
                                + record.getClass().getName()
                                + " cannot be read, so its tensors cannot be found; make the record public",
                        e);
            }
        }
        return values;
    }
}
