package org.torchbridge.io;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Changes of JSON and of Python's literals that keep their words whole: headers of safetensors and NumPy, indexes of shards. */
final class TextMutations {
    private static final Pattern TOKEN =
            Pattern.compile("\"(?:\\\\.|[^\"\\\\])*\"|'[^']*'|-?\\d+|\\w+|\\s+|.", Pattern.DOTALL);

    private static final List<String> WORDS = List.of(
            "{",
            "}",
            "[",
            "]",
            "(",
            ")",
            ",",
            ":",
            "null",
            "true",
            "True",
            "\"\"",
            "''",
            "\"dtype\"",
            "\"shape\"",
            "\"F4\"",
            "\"F64\"",
            "\"C64\"",
            "\"F8_E8M0\"",
            "\"BOOL\"",
            "\"U64\"",
            "\"__metadata__\"",
            "\"data_offsets\"",
            "'descr'",
            "'>c16'",
            "'<f2'",
            "'|b1'",
            "'O'",
            "'<U3'",
            "\"../x\"",
            "\"weight_map\"",
            "1e999",
            "0.5",
            "\\",
            "\"\\ud800\"",
            "\u0000");

    private TextMutations() {}

    static String mutate(String text, Random random) {
        List<String> tokens = new ArrayList<>(
                TOKEN.matcher(text).results().map(MatchResult::group).toList());
        for (int i = random.nextInt(4); i >= 0 && !tokens.isEmpty(); i--) {
            int at = random.nextInt(tokens.size());
            switch (random.nextInt(4)) {
                case 0 -> tokens.set(at, WORDS.get(random.nextInt(WORDS.size())));
                case 1 -> tokens.add(at, WORDS.get(random.nextInt(WORDS.size())));
                case 2 -> tokens.set(numberAt(tokens, at), String.valueOf(Mutations.number(random)));
                default -> Mutations.list(tokens, random);
            }
        }
        return String.join("", tokens);
    }

    private static int numberAt(List<String> tokens, int at) {
        for (int i = 0; i < tokens.size(); i++) {
            int index = (at + i) % tokens.size();
            if (tokens.get(index).matches("-?\\d+")) {
                return index;
            }
        }
        return at;
    }
}
