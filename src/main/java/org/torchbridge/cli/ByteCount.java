package org.torchbridge.cli;

import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A number of bytes. */
record ByteCount(long bytes) {
    private static final Pattern FORM = Pattern.compile("(\\d{1,12})\\s*([KMGT]I?B)?");

    private static final Map<String, Long> UNITS = Map.of(
            "KB",
            1_000L,
            "MB",
            1_000_000L,
            "GB",
            1_000_000_000L,
            "TB",
            1_000_000_000_000L,
            "KIB",
            1L << 10,
            "MIB",
            1L << 20,
            "GIB",
            1L << 30,
            "TIB",
            1L << 40);

    /** Parses {@code 2GB}, {@code 500MiB} or {@code 1000}. */
    static final class Converter implements ITypeConverter<ByteCount> {
        @Override
        public ByteCount convert(String text) {
            Matcher matcher = FORM.matcher(text.toUpperCase(Locale.ROOT));
            if (matcher.matches()) {
                long unit = matcher.group(2) == null ? 1 : UNITS.get(matcher.group(2));
                long number = Long.parseLong(matcher.group(1));
                if (number > 0 && number <= Long.MAX_VALUE / unit) {
                    return new ByteCount(number * unit);
                }
            }
            throw new TypeConversionException("'" + text + "' is no size such as 2GB, 500MiB or 1000000");
        }
    }
}
