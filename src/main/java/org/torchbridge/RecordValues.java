package org.torchbridge;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;

/** The components of a record, whose accessors may be in a package that is not open. */
final class RecordValues {
    private RecordValues() {}

    static List<Object> of(Record record) {
        List<Object> values = new ArrayList<>();
        for (RecordComponent component : record.getClass().getRecordComponents()) {
            try {
                component.getAccessor().setAccessible(true);
                values.add(component.getAccessor().invoke(record));
            } catch (ReflectiveOperationException | RuntimeException e) {
                throw new IllegalArgumentException(
                        "the component " + component.getName() + " of "
                                + record.getClass().getName()
                                + " cannot be read, so its tensors cannot leave the scope; make the record public",
                        e);
            }
        }
        return values;
    }
}
