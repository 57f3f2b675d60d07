package org.torchbridge.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Measures several ways to do the same thing in turn, again and again, so that a machine that slows down slows all of
 * them, and prints medians, their spread (the middle half of the rounds) and the median ratio to the first way, the
 * floor.
 */
final class Comparison {
    private static final int ROUNDS = 21;
    private static final int WARM_UP = 4;

    private final String title;
    private final String unit;
    private final double nanosecondsPerUnit;
    private final Map<String, LongSupplier> ways = new LinkedHashMap<>();
    private final Map<String, Double> goals = new LinkedHashMap<>();

    /** Times are printed in {@code unit}s of {@code nanosecondsPerUnit}. */
    Comparison(String title, String unit, double nanosecondsPerUnit) {
        this.title = title;
        this.unit = unit;
        this.nanosecondsPerUnit = nanosecondsPerUnit;
    }

    /** Adds a way: {@code nanoseconds} does it and returns how long one time took; {@code goal} is the ratio wanted. */
    Comparison add(String name, double goal, LongSupplier nanoseconds) {
        ways.put(name, nanoseconds);
        goals.put(name, goal);
        return this;
    }

    void print(PrintWriter out) {
        Map<String, double[]> times = measure();
        double[] floor = times.values().iterator().next();
        out.printf("%s (%s)%n", title, unit);
        out.printf("  %-28s %9s %17s %7s %6s%n", "", "median", "middle half", "ratio", "goal");
        times.forEach((name, rounds) -> {
            double[] sorted = sorted(rounds);
            out.printf(
                    Locale.ROOT,
                    "  %-28s %9.3f %8.3f-%8.3f %7.2f %6s%n",
                    name,
                    quantile(sorted, 0.5),
                    quantile(sorted, 0.25),
                    quantile(sorted, 0.75),
                    quantile(sorted(ratios(rounds, floor)), 0.5),
                    goals.get(name) > 0 ? String.format(Locale.ROOT, "%.2f", goals.get(name)) : "");
        });
        out.println();
        out.flush();
    }

    private Map<String, double[]> measure() {
        Map<String, List<Double>> times = new LinkedHashMap<>();
        ways.keySet().forEach(name -> times.put(name, new ArrayList<>()));
        for (int round = 0; round < WARM_UP + ROUNDS; round++) {
            boolean counted = round >= WARM_UP;
            ways.forEach((name, way) -> {
                double time = way.getAsLong() / nanosecondsPerUnit;
                if (counted) {
                    times.get(name).add(time);
                }
            });
        }
        Map<String, double[]> arrays = new LinkedHashMap<>();
        times.forEach((name, list) ->
                arrays.put(name, list.stream().mapToDouble(Double::doubleValue).toArray()));
        return arrays;
    }

    private static double[] ratios(double[] times, double[] floor) {
        double[] ratios = new double[times.length];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = times[i] / floor[i];
        }
        return ratios;
    }

    private static double[] sorted(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted;
    }

    private static double quantile(double[] sorted, double part) {
        return sorted[(int) Math.round(part * (sorted.length - 1))];
    }
}
