package org.torchbridge.io;

import java.nio.charset.StandardCharsets;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.torchbridge.FileFormatException;

/**
 * Where the code of a TorchScript archive comes from: places in the Python code, with its text, which libtorch shows in
 * messages. It takes for granted that they are complete, and within the text.
 */
final class ScriptSources {
    private static final String WITH_TABLE = "FORMAT_WITH_STRING_TABLE";

    /** The bytes of each text that sources are made of; null where each source has its own. */
    private final long @Nullable [] textBytes;

    private final Map<Object, Long> sourceBytes = new IdentityHashMap<>();

    private ScriptSources(long @Nullable [] textBytes) {
        this.textBytes = textBytes;
    }

    /**
     * Looks through what such a pickle has: {@code (mark, (text, ...), (place, ...))}, or in old files the places alone.
     *
     * @throws FileFormatException if it is something else
     */
    static void check(@Nullable Object pickled) {
        Checked all = Checked.tuple("the source of the code", pickled);
        boolean hasTable = all.has(0) && WITH_TABLE.equals(all.any(0));
        ScriptSources sources = new ScriptSources(hasTable ? lengths(all.tuple(1)) : null);
        sources.places(hasTable ? all.tuple(2) : all);
    }

    private static long[] lengths(Checked texts) {
        long[] lengths = new long[texts.count()];
        for (int i = 0; i < lengths.length; i++) {
            lengths[i] = utf8Length(texts.text(i));
        }
        return lengths;
    }

    private static long utf8Length(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    /** {@code (offset in the code, (source, start, end), ...)}; of places in an older form, libtorch says that they are. */
    private void places(Checked places) {
        for (int i = 0; i < places.count(); i++) {
            Checked place = places.tuple(i);
            if (place.any(1) instanceof PythonTuple) {
                requireWithin(place.tuple(1));
            }
        }
    }

    /** What libtorch put into the code itself is from 0 to 1 in an empty text. */
    private void requireWithin(Checked range) {
        long length = Math.max(1, sourceLength(range.any(0)));
        if (range.size(1) > range.size(2) || range.size(2) > length) {
            throw damaged();
        }
    }

    private long sourceLength(@Nullable Object source) {
        return sourceBytes.computeIfAbsent(source, this::read);
    }

    /** {@code (text, file, first line)}, or with a table the numbers of the texts in it. */
    private long read(@Nullable Object source) {
        Checked parts = Checked.tuple("the source of the code", source);
        parts.integer(2);
        if (textBytes == null) {
            if (parts.any(1) != null) {
                parts.text(1);
            }
            return utf8Length(parts.text(0));
        }
        textBytes(parts.integer(1));
        long length = 0;
        for (Object text : parts.as(0, List.class)) {
            length += textBytes(text instanceof Long number ? number : -1);
        }
        return length;
    }

    private long textBytes(long number) {
        if (number < 0 || number >= textBytes.length) {
            throw damaged();
        }
        return textBytes[(int) number];
    }

    private static FileFormatException damaged() {
        return new FileFormatException("is damaged: a place in the source of the code is not within it");
    }
}
