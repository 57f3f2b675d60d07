package org.torchbridge.jit;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.Device;
import org.torchbridge.Scalar;
import org.torchbridge.Tensor;
import org.torchbridge.internal.Adoption;
import org.torchbridge.internal.HostTypes;
import org.torchbridge.internal.ScriptObject;
import org.torchbridge.io.NamedTuple;
import org.torchbridge.io.PythonTuple;

/** What {@link ScriptModule}'s table says of the library's types. */
class JavaTypes implements HostTypes {
    private static final String NATIVE_CLASSES = "__torch__.torch.classes.";

    /** The modules that a value may be, by their identities. */
    private final Map<Long, ScriptModule> modules;

    JavaTypes(Map<Long, ScriptModule> modules) {
        this.modules = modules;
    }

    /** The same for a program's values: objects of libtorch's own classes, such as packed weights, stay as operators take them. */
    JavaTypes forPrograms() {
        return new JavaTypes(modules) {
            @Override
            public Object object(ScriptObject object) {
                return object.qualifiedName().startsWith(NATIVE_CLASSES) ? object : super.object(object);
            }
        };
    }

    @Override
    public long handle(Object value) {
        return value instanceof Tensor tensor ? tensor.handle() : 0;
    }

    @Override
    public Object tensor(long handle) {
        return Adoption.adopt(handle);
    }

    @Override
    public @Nullable ScriptObject scriptObject(Object value) {
        if (value instanceof ScriptModule module) {
            return module.script();
        }
        if (value instanceof ScriptInstance instance) {
            return instance.script();
        }
        return value instanceof ScriptObject object ? object : null;
    }

    @Override
    public Object object(ScriptObject object) {
        if (!object.isModule()) {
            return new ScriptInstance(object);
        }
        ScriptModule known = modules.get(object.identity());
        return known != null ? known : ScriptModule.of(object);
    }

    @Override
    public @Nullable Long code(Object value) {
        if (value instanceof DType dtype) {
            return (long) dtype.code();
        }
        return value instanceof Scalar scalar && scalar.isInteger() ? scalar.longValue() : null;
    }

    @Override
    public @Nullable String device(Object value) {
        return value instanceof Device device ? device.toString() : null;
    }

    @Override
    public Object device(String text) {
        return Device.of(text);
    }

    @Override
    public double @Nullable [] complex(Object value) {
        if (value instanceof Scalar scalar) {
            return new double[] {scalar.real(), scalar.imaginary()};
        }
        return value instanceof Number number ? new double[] {number.doubleValue(), 0} : null;
    }

    @Override
    public Object complex(double real, double imaginary) {
        return Scalar.complex(real, imaginary);
    }

    @Override
    public Object tuple(List<@Nullable Object> values, @Nullable List<String> names) {
        return names == null ? PythonTuple.copyOf(values) : NamedTuple.of(names, values);
    }

    @Override
    public @Nullable String enumMember(Object value) {
        if (value instanceof Enum<?> member) {
            return member.name();
        }
        return value instanceof ScriptEnum member ? member.name() : null;
    }

    @Override
    public Object enumMember(String type, String name, @Nullable Object value) {
        return new ScriptEnum(type, name, value);
    }
}
