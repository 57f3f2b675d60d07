package org.torchbridge.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A size of an input that stays open, written {@code 0:batch} for the first input or {@code mask:1:length}.
 *
 * @param input the input's name or number
 * @param name what the size is called
 */
record OpenSize(String input, int dimension, String name) {
    private static final String FIRST = "0";
    private static final Pattern TEXT = Pattern.compile("(?:(.+):)?(-?\\d{1,3}):([A-Za-z_]\\w*)");

    /** Reads the option of the command line. */
    static final class Converter implements ITypeConverter<OpenSize> {
        @Override
        public OpenSize convert(String text) {
            Matcher parts = TEXT.matcher(text);
            if (!parts.matches()) {
                throw new TypeConversionException("'" + text + "' is no size such as 0:batch or mask:1:length");
            }
            String input = parts.group(1) == null ? FIRST : parts.group(1);
            return new OpenSize(input, Integer.parseInt(parts.group(2)), parts.group(3));
        }
    }
}
