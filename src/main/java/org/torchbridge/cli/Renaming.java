package org.torchbridge.cli;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A change of names: what matches {@code pattern} becomes {@code replacement}, in which {@code $1} is a group. */
record Renaming(Pattern pattern, String replacement) {
    String apply(String name) {
        return pattern.matcher(name).replaceAll(replacement);
    }

    /** Parses {@code REGEX=REPLACEMENT}. */
    static final class Converter implements ITypeConverter<Renaming> {
        @Override
        public Renaming convert(String text) {
            // Expressions have equals signs in them now and then, names of tensors have not.
            int equals = text.lastIndexOf('=');
            if (equals < 0) {
                throw new TypeConversionException("'" + text + "' is not REGEX=REPLACEMENT");
            }
            try {
                Pattern pattern = Pattern.compile(text.substring(0, equals));
                String replacement = text.substring(equals + 1);
                // Groups that the expression does not have are found out only where something matches.
                Pattern.compile(pattern.pattern() + "|").matcher("").replaceAll(replacement);
                return new Renaming(pattern, replacement);
            } catch (PatternSyntaxException e) {
                throw new TypeConversionException(
                        "'" + text.substring(0, equals) + "' is no regular expression: " + e.getDescription());
            } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
                throw new TypeConversionException(
                        "'" + text.substring(equals + 1) + "' is no replacement for it: " + e.getMessage());
            }
        }
    }
}
