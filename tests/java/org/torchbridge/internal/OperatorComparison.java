package org.torchbridge.internal;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.OperatorVector;
import org.bytedeco.pytorch.global.torch;
import org.torchbridge.codegen.Schema;

/** Calls overloads both ways, through the generated native methods and through the boxed dispatcher, and compares. */
final class OperatorComparison {
    /** What came of a comparison. */
    enum Outcome {
        EQUAL,
        SAME_ERROR,
        DIFFERENT,
        /** The boxed call differs from itself: it reads memory that nobody wrote. */
        UNSTABLE,
        NOT_COMPARED
    }

    /** An outcome, and where it is not {@code EQUAL} what was seen. */
    record Verdict(Outcome outcome, String text) {}

    /** Operators whose results, or a part of them, are memory that nobody wrote, or addresses. */
    private static final Pattern UNINITIALISED =
            Pattern.compile(".*empty.*|resize.*|.*resize_.*|_make_dep_token|fbgemm_pack.*");

    private static final long SEED = 7;

    private final Map<String, Method> methods = new TreeMap<>();
    private final Map<String, Schema> schemas = new TreeMap<>();

    OperatorComparison() {
        for (Method method : NativeOperators.class.getDeclaredMethods()) {
            if (Modifier.isNative(method.getModifiers())) {
                methods.put(method.getName(), method);
            }
        }
        OperatorVector operators = torch.getAllOperators();
        for (long i = 0; i < operators.size(); i++) {
            String text = torch.toString(operators.get(i).schema()).getString();
            if (text.startsWith("aten::")) {
                Schema schema = Schema.parse(text);
                schemas.put(schema.symbol(), schema);
            }
        }
    }

    /** The names of all native methods, which are those of libtorch's C++ structs. */
    Iterable<String> symbols() {
        return methods.keySet();
    }

    Call nativeCall(String symbol) {
        return new NativeCall(methods.get(symbol), schemas.get(symbol));
    }

    List<PublicCall> publicCalls(String symbol) {
        return PublicCall.of(schemas.get(symbol));
    }

    /** Calls an overload by {@code call} and through the boxed dispatcher. */
    Verdict compare(String symbol, Recipe recipe, Call call) {
        return compare(symbol, recipe, call, true);
    }

    /**
     * Calls an overload by {@code call} and, unless that fails and errors do not count, through the boxed dispatcher: an
     * error of the presets takes milliseconds.
     */
    Verdict compare(String symbol, Recipe recipe, Call call, boolean withErrors) {
        Snapshot ours;
        try {
            ours = run(symbol, recipe, call);
        } catch (UnsupportedOperationException e) {
            return new Verdict(Outcome.NOT_COMPARED, e.getMessage());
        }
        if (ours.isError() && !withErrors) {
            return new Verdict(Outcome.NOT_COMPARED, ours.error());
        }
        Snapshot boxed = callBoxed(symbol, recipe);
        if (same(symbol, ours, boxed)) {
            return boxed.isError() ? new Verdict(Outcome.SAME_ERROR, boxed.error()) : new Verdict(Outcome.EQUAL, "");
        }
        boolean stable = same(symbol, boxed, callBoxed(symbol, recipe));
        return new Verdict(
                stable ? Outcome.DIFFERENT : Outcome.UNSTABLE,
                symbol + " " + recipe + ": ours: " + ours + "; boxed: " + boxed);
    }

    /** The boxed call alone: what crashes here is not our doing. */
    Snapshot callBoxed(String symbol, Recipe recipe) {
        return run(symbol, recipe, new BoxedCall(schemas.get(symbol)));
    }

    private Snapshot run(String symbol, Recipe recipe, Call call) {
        boolean withResults = methods.get(symbol).getReturnType() != void.class;
        try (PointerScope scope = new PointerScope()) {
            List<Object> values = new ArgumentMaker(recipe, schemas.get(symbol)).values();
            torch.manual_seed(SEED);
            return call.run(values, withResults);
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }

    private boolean same(String symbol, Snapshot one, Snapshot other) {
        return UNINITIALISED.matcher(schemas.get(symbol).name()).matches()
                ? one.withoutContents().equals(other.withoutContents())
                : one.equals(other);
    }
}
