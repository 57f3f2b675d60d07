package org.torchbridge.internal;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The inputs with which libtorch itself crashes or reads memory that is not its own, from a resource that says so. */
final class Exclusions {
    private static final String RESOURCE = "/operators/excluded.tsv";

    private final Map<String, Set<String>> recipes = new HashMap<>();

    Exclusions() {
        try (InputStream in = Exclusions.class.getResourceAsStream(RESOURCE);
                BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            lines.lines().filter(line -> !line.startsWith("#")).forEach(line -> {
                List<String> fields = List.of(line.split("\t"));
                recipes.computeIfAbsent(fields.get(0), symbol -> new HashSet<>())
                        .addAll(List.of(fields.get(1).split(",")));
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean contain(String symbol, Recipe recipe) {
        return recipes.getOrDefault(symbol, Set.of()).contains(recipe.name());
    }
}
