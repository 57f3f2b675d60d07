package org.torchbridge.graph;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a given argument becomes what an operator asks for: nothing to do, a constant, a list, or a conversion that has to
 * be written into the program.
 */
interface Fit {
    Value write(GraphBuilder builder);

    /**
     * How {@code given}, in {@link Constants#normal normal} form, becomes a {@code wanted}; null if it does not.
     *
     * @param length of a list that a single element stands for too, 0 if none does
     * @param convert whether TorchScript's implicit conversions are allowed
     */
    static @Nullable Fit of(@Nullable Object given, Type wanted, int length, boolean convert) {
        if (given instanceof List<?> list) {
            return ofList(list, wanted, convert);
        }
        Type type = Constants.type(given);
        if (TypeRules.isSubtype(type, wanted)) {
            return builder -> builder.constant(given);
        }
        Type plain = wanted instanceof Type.OfOptional optional ? optional.element() : wanted;
        if (length > 0 && plain instanceof Type.OfList list) {
            Fit element = of(given, list.element(), 0, convert);
            return element == null ? null : builder -> repeated(builder, list.element(), element, length);
        }
        if (!convert) {
            return null;
        }
        return given instanceof Value value ? ofValue(value, plain) : ofConstant(given, plain);
    }

    private static Value repeated(GraphBuilder builder, Type type, Fit element, int length) {
        return builder.list(type, Collections.nCopies(length, element.write(builder)));
    }

    private static @Nullable Fit ofList(List<?> given, Type wanted, boolean convert) {
        if (wanted == Type.Simple.ANY) {
            return builder -> builder.constant(given);
        }
        Type plain = wanted instanceof Type.OfOptional optional ? optional.element() : wanted;
        if (!(plain instanceof Type.OfList list)) {
            return null;
        }
        List<Fit> elements = new ArrayList<>();
        for (Object element : given) {
            Fit fit = of(element, list.element(), 0, convert);
            if (fit == null) {
                return null;
            }
            elements.add(fit);
        }
        return builder -> builder.list(
                list.element(), elements.stream().map(fit -> fit.write(builder)).toList());
    }

    private static @Nullable Fit ofValue(Value value, Type wanted) {
        String kind = value.type() instanceof Type.OfTensor ? ofTensor(wanted) : ofNumber(value.type(), wanted);
        return kind == null ? null : builder -> builder.op(kind, value);
    }

    private static @Nullable String ofTensor(Type wanted) {
        if (wanted == Type.INT) {
            return "aten::IntImplicit";
        }
        if (wanted == Type.FLOAT) {
            return "aten::FloatImplicit";
        }
        if (wanted == Type.Simple.COMPLEX) {
            return "aten::ComplexImplicit";
        }
        return wanted == Type.Simple.SCALAR ? "aten::ScalarImplicit" : null;
    }

    private static @Nullable String ofNumber(Type given, Type wanted) {
        boolean number = given == Type.INT || given == Type.BOOL || given == Type.Simple.SCALAR;
        if (number && wanted == Type.FLOAT) {
            return "aten::Float";
        }
        boolean whole = given == Type.BOOL || given == Type.Simple.SCALAR;
        if (whole && (wanted == Type.INT || wanted == Type.Simple.SCALAR)) {
            return "aten::Int";
        }
        return given == Type.STRING && wanted == Type.Simple.DEVICE ? "aten::device" : null;
    }

    private static @Nullable Fit ofConstant(@Nullable Object given, Type wanted) {
        if (given instanceof Boolean flag && (wanted == Type.INT || wanted == Type.Simple.SCALAR)) {
            return builder -> builder.constant(flag ? 1L : 0L);
        }
        if (given instanceof Long whole && wanted == Type.FLOAT) {
            return builder -> builder.constant(whole.doubleValue());
        }
        return null;
    }
}
