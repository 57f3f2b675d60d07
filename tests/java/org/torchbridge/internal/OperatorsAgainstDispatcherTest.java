package org.torchbridge.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.torchbridge.internal.OperatorComparison.Outcome;
import org.torchbridge.internal.OperatorComparison.Verdict;

/**
 * Every operator overload, called through the generated code and through libtorch's boxed dispatcher with the same inputs:
 * the results and the tensors that were written to are equal to the bit, or both fail with the same message. Inputs are
 * made mechanically, by several recipes, see {@link Recipe}.
 */
class OperatorsAgainstDispatcherTest {
    /** Overloads that must be equal on at least one recipe; the others take inputs that no recipe makes. */
    private static final int EQUAL_AT_LEAST = 2580;

    /** How many errors of an overload are compared where the test must be quick. */
    private static final int ERRORS_COMPARED = 2;

    /** Overloads that must have a public method. */
    private static final int PUBLIC_AT_LEAST = 1396;

    /** Arguments that Java has no object for: a stream of a GPU, a storage. */
    private static final Set<String> NOT_COMPARED = Set.of(
            "record_stream",
            "set__source_Storage",
            "set__source_Storage_storage_offset",
            "set_source_Storage",
            "set_source_Storage_out",
            "set_source_Storage_storage_offset",
            "set_source_Storage_storage_offset_out");

    private static int threads;
    private static OperatorComparison comparison;
    private static Exclusions exclusions;

    @BeforeAll
    static void useOneThread() {
        NativeLibraries.load();
        // Sums over several threads differ in their last bits.
        threads = NativeRuntime.threads();
        NativeRuntime.setThreads(1);
        comparison = new OperatorComparison();
        exclusions = new Exclusions();
    }

    @AfterAll
    static void restoreThreads() {
        NativeRuntime.setThreads(threads);
        torch.manual_seed(0);
    }

    @Test
    void nativeMethodsDoWhatTheDispatcherDoes() {
        compareNativeMethods(ERRORS_COMPARED);
    }

    @Test
    @Tag("slow")
    void nativeMethodsFailAsTheDispatcherFailsOnEveryInput() {
        compareNativeMethods(Integer.MAX_VALUE);
    }

    /** Compares every overload on every input, and for each the first {@code errors} errors. */
    private static void compareNativeMethods(int errors) {
        Map<Outcome, List<String>> overloads = new EnumMap<>(Outcome.class);
        List<String> differences = new ArrayList<>();
        for (String symbol : comparison.symbols()) {
            Outcome best = Outcome.NOT_COMPARED;
            int failed = 0;
            for (Recipe recipe : Recipe.values()) {
                if (exclusions.contain(symbol, recipe)) {
                    continue;
                }
                Verdict verdict = comparison.compare(symbol, recipe, comparison.nativeCall(symbol), failed < errors);
                failed += verdict.outcome() == Outcome.SAME_ERROR ? 1 : 0;
                best = verdict.outcome().compareTo(best) < 0 ? verdict.outcome() : best;
                if (isDifference(verdict)) {
                    differences.add(verdict.text());
                }
            }
            overloads.computeIfAbsent(best, outcome -> new ArrayList<>()).add(symbol);
        }

        System.out.println("operator overloads: " + overloads.get(Outcome.EQUAL).size() + " equal to the dispatcher, "
                + overloads.get(Outcome.SAME_ERROR).size() + " with the same error");
        assertThat(differences).isEmpty();
        assertThat(overloads.getOrDefault(Outcome.NOT_COMPARED, List.of()))
                .containsExactlyInAnyOrderElementsOf(NOT_COMPARED);
        assertThat(overloads.get(Outcome.EQUAL)).hasSizeGreaterThanOrEqualTo(EQUAL_AT_LEAST);
    }

    private static boolean isDifference(Verdict verdict) {
        return verdict.outcome() == Outcome.DIFFERENT || verdict.outcome() == Outcome.UNSTABLE;
    }

    @Test
    void publicMethodsDoWhatTheDispatcherDoes() {
        Map<Method, String> symbols = new HashMap<>();
        List<String> clashes = new ArrayList<>();
        List<String> differences = new ArrayList<>();
        int overloads = 0;
        for (String symbol : comparison.symbols()) {
            List<PublicCall> calls = comparison.publicCalls(symbol);
            overloads += calls.isEmpty() ? 0 : 1;
            for (PublicCall call : calls) {
                String other = symbols.putIfAbsent(call.method(), symbol);
                if (other != null) {
                    clashes.add(other + " and " + symbol + " are both " + call.method());
                }
                differences.addAll(differences(symbol, call));
            }
        }

        System.out.println("operator overloads: " + overloads + " with public methods, " + symbols.size() + " in all");
        assertThat(clashes).isEmpty();
        assertThat(differences).isEmpty();
        assertThat(overloads).isGreaterThanOrEqualTo(PUBLIC_AT_LEAST);
    }

    private static List<String> differences(String symbol, PublicCall call) {
        List<String> differences = new ArrayList<>();
        boolean failed = false;
        for (Recipe recipe : List.of(Recipe.MATRICES, Recipe.COMPLETE, Recipe.IMAGES)) {
            if (!exclusions.contain(symbol, recipe)) {
                Verdict verdict = comparison.compare(symbol, recipe, call, !failed);
                failed |= verdict.outcome() == Outcome.SAME_ERROR;
                if (isDifference(verdict)) {
                    differences.add(call.method() + " " + verdict.text());
                }
            }
        }
        return differences;
    }
}
