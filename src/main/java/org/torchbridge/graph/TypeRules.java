package org.torchbridge.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which types can stand for which: TorchScript's rules. */
final class TypeRules {
    private TypeRules() {}

    /** Whether a value of type {@code given} may be used where {@code wanted} is asked for, as it is. */
    static boolean isSubtype(Type given, Type wanted) {
        if (given.equals(wanted) || wanted == Type.Simple.ANY) {
            return true;
        }
        if (wanted instanceof Type.OfOptional optional) {
            return given == Type.NONE
                    || isSubtype(given instanceof Type.OfOptional other ? other.element() : given, optional.element());
        }
        if (wanted == Type.Simple.SCALAR) {
            return given == Type.INT || given == Type.FLOAT || given == Type.Simple.COMPLEX;
        }
        if (wanted instanceof Type.OfTensor tensor) {
            return given instanceof Type.OfTensor && tensor.equals(Type.TENSOR);
        }
        if (wanted instanceof Type.OfTuple tuple) {
            return given instanceof Type.OfTuple other
                    && (tuple.name() == null || tuple.name().equals(other.name()))
                    && areSubtypes(other.elements(), tuple.elements());
        }
        if (wanted instanceof Type.OfNative named) {
            return isNativeSubtype(given, named.name());
        }
        return erased(given).equals(erased(wanted));
    }

    private static boolean areSubtypes(List<Type> given, List<Type> wanted) {
        if (given.size() != wanted.size()) {
            return false;
        }
        for (int i = 0; i < given.size(); i++) {
            if (!isSubtype(given.get(i), wanted.get(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isNativeSubtype(Type given, String wanted) {
        return switch (wanted) {
            case "AnyListType" -> given instanceof Type.OfList;
            case "AnyTupleType" -> given instanceof Type.OfTuple;
            case "AnyClassType", "AnyEnumType" -> given instanceof Type.OfNative;
            default -> given instanceof Type.OfNative named && named.name().equals(wanted);
        };
    }

    /** The type with plain tensors, which is all that lists and dictionaries are compared by. */
    static Type erased(Type type) {
        if (type instanceof Type.OfTensor) {
            return Type.TENSOR;
        }
        if (type instanceof Type.OfList list) {
            return new Type.OfList(erased(list.element()));
        }
        if (type instanceof Type.OfOptional optional) {
            return new Type.OfOptional(erased(optional.element()));
        }
        if (type instanceof Type.OfDict dict) {
            return new Type.OfDict(erased(dict.key()), erased(dict.value()));
        }
        if (type instanceof Type.OfTuple tuple) {
            List<Type> elements =
                    tuple.elements().stream().map(TypeRules::erased).toList();
            return new Type.OfTuple(elements, tuple.name(), tuple.fields());
        }
        return type;
    }

    /** The smallest type that both can stand for; null if there is none. */
    static @Nullable Type unified(Type first, Type second) {
        if (isSubtype(first, second)) {
            return second;
        }
        if (isSubtype(second, first)) {
            return first;
        }
        if (first instanceof Type.OfTensor && second instanceof Type.OfTensor) {
            return Type.TENSOR;
        }
        if (first == Type.NONE || second == Type.NONE) {
            return new Type.OfOptional(first == Type.NONE ? second : first);
        }
        if (first instanceof Type.OfTuple one && second instanceof Type.OfTuple other) {
            return unifiedTuples(one, other);
        }
        return null;
    }

    private static @Nullable Type unifiedTuples(Type.OfTuple first, Type.OfTuple second) {
        if (first.elements().size() != second.elements().size()) {
            return null;
        }
        List<Type> elements = new ArrayList<>();
        for (int i = 0; i < first.elements().size(); i++) {
            Type element = unified(first.elements().get(i), second.elements().get(i));
            if (element == null) {
                return null;
            }
            elements.add(element);
        }
        return new Type.OfTuple(elements);
    }

    /** Finds out what the variables in {@code formal} are if {@code given} stands for it; what does not fit is passed over. */
    static void bind(Type formal, Type given, Map<String, Type> variables) {
        if (formal instanceof Type.OfVariable variable) {
            variables.merge(variable.name(), given, (one, other) -> {
                Type both = unified(one, other);
                return both == null ? one : both;
            });
        } else if (formal instanceof Type.OfList list && given instanceof Type.OfList other) {
            bind(list.element(), other.element(), variables);
        } else if (formal instanceof Type.OfOptional optional && given != Type.NONE) {
            bind(optional.element(), given instanceof Type.OfOptional other ? other.element() : given, variables);
        } else if (formal instanceof Type.OfDict dict && given instanceof Type.OfDict other) {
            bind(dict.key(), other.key(), variables);
            bind(dict.value(), other.value(), variables);
        } else if (formal instanceof Type.OfTuple tuple && given instanceof Type.OfTuple other) {
            for (int i = 0;
                    i < Math.min(tuple.elements().size(), other.elements().size());
                    i++) {
                bind(tuple.elements().get(i), other.elements().get(i), variables);
            }
        }
    }

    /** The type with what the variables are put in; an unknown variable stays. */
    static Type bound(Type formal, Map<String, Type> variables) {
        if (formal instanceof Type.OfVariable variable) {
            return variables.getOrDefault(variable.name(), variable);
        }
        if (formal instanceof Type.OfList list) {
            return new Type.OfList(bound(list.element(), variables));
        }
        if (formal instanceof Type.OfOptional optional) {
            return new Type.OfOptional(bound(optional.element(), variables));
        }
        if (formal instanceof Type.OfDict dict) {
            return new Type.OfDict(bound(dict.key(), variables), bound(dict.value(), variables));
        }
        if (formal instanceof Type.OfTuple tuple) {
            return new Type.OfTuple(tuple.elements().stream()
                    .map(element -> bound(element, variables))
                    .toList());
        }
        return formal;
    }
}
