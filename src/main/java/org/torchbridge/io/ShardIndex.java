package org.torchbridge.io;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import org.torchbridge.FileFormatException;

/** The index of a checkpoint in several files, as Hugging Face's libraries write it: which tensor is in which file. */
final class ShardIndex {
    static final String ENDING = ".index.json";

    private static final int MAX_BYTES = 100_000_000;
    static final String WEIGHT_MAP = "weight_map";

    private ShardIndex() {}

    /**
     * The names of files by the names of tensors, in the order of the index. All else in it is information.
     *
     * @throws FileFormatException if the file is no index
     */
    static Map<String, String> read(MappedFile file) {
        if (file.size() > MAX_BYTES) {
            throw new FileFormatException("has " + file.size() + " bytes; an index of shards has up to " + MAX_BYTES);
        }
        Members members = new Members();
        StrictJson.read(
                "the index of shards",
                file.buffer(0, file.size()),
                json -> json.object(key -> {
                    if (key.equals(WEIGHT_MAP)) {
                        Map<String, String> files = new LinkedHashMap<>();
                        json.object(name -> files.put(name, json.text()));
                        members.files = files;
                    } else {
                        json.skip();
                    }
                }));
        if (members.files == null) {
            throw new FileFormatException("is no index of shards: it has no '" + WEIGHT_MAP + "'");
        }
        return members.files;
    }

    private static final class Members {
        @Nullable
        Map<String, String> files;
    }

    /** An index, as bytes. */
    static byte[] write(SortedMap<String, String> files, long totalBytes) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.setPrettyPrinter(new DefaultPrettyPrinter(
                            Separators.createDefaultInstance().withObjectFieldValueSpacing(Separators.Spacing.AFTER))
                    .withObjectIndenter(new DefaultIndenter("  ", "\n")));
            json.writeStartObject();
            json.writeObjectFieldStart("metadata");
            json.writeNumberField("total_size", totalBytes);
            json.writeEndObject();
            json.writeObjectFieldStart(WEIGHT_MAP);
            for (Map.Entry<String, String> entry : files.entrySet()) {
                json.writeStringField(entry.getKey(), entry.getValue());
            }
            json.writeEndObject();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return (text + "\n").getBytes(StandardCharsets.UTF_8);
    }
}
