package org.torchbridge.graph;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.Device;
import org.torchbridge.Scalar;
import org.torchbridge.Tensor;
import org.torchbridge.internal.Adoption;
import org.torchbridge.internal.HostTypes;
import org.torchbridge.internal.ScriptObject;

/** What a value of TorchScript is to the {@link Interpreter}: tuples are lists, objects are libtorch's own. */
final class HostValues implements HostTypes {
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
        return value instanceof ScriptObject object ? object : null;
    }

    @Override
    public Object object(ScriptObject object) {
        return object;
    }

    @Override
    public @Nullable Long code(Object value) {
        return value instanceof DType dtype ? (Long) (long) dtype.code() : null;
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
        return Collections.unmodifiableList(new ArrayList<>(values));
    }

    @Override
    public @Nullable String enumMember(Object value) {
        return value instanceof EnumMember member ? member.name() : null;
    }

    @Override
    public Object enumMember(String type, String name, @Nullable Object value) {
        return new EnumMember(type, name, value);
    }

    private record EnumMember(String type, String name, @Nullable Object value) {}
}
