package org.torchbridge.io;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.torchbridge.FileFormatException;

/**
 * Reads JSON that nobody vouches for: valid UTF-8, no key twice, no deep nesting, one value and nothing behind it. The
 * reader stands on a value; reading it moves to what follows.
 */
final class StrictJson {
    private static final int MAX_DEPTH = 64;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            // Each name comes once; a table of them would be in the way, and could be attacked.
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
            .build();

    /** Reads one value. */
    interface Reader {
        void read(StrictJson json) throws IOException;
    }

    /** Reads the value of a key. */
    interface Member {
        void read(String key) throws IOException;
    }

    private final String what;
    private final JsonParser parser;

    private StrictJson(String what, JsonParser parser) {
        this.what = what;
        this.parser = parser;
    }

    /**
     * Reads the text {@code bytes}.
     *
     * @param what the text, for people: "its header"
     * @throws FileFormatException if it is not such JSON, or {@code reader} expects another value
     */
    static void read(String what, ByteBuffer bytes, Reader reader) {
        CharBuffer text = decode(what, bytes);
        try (JsonParser parser = FACTORY.createParser(text.array(), text.arrayOffset(), text.length())) {
            StrictJson json = new StrictJson(what, parser);
            json.next();
            reader.read(json);
            if (parser.nextToken() != null) {
                throw json.damaged("goes on after its end");
            }
        } catch (JsonProcessingException e) {
            String place = e.getLocation() == null
                    ? ""
                    : ", at character " + e.getLocation().getCharOffset();
            throw new FileFormatException(
                    "is damaged: " + what + " is not valid JSON: " + e.getOriginalMessage() + place, e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static CharBuffer decode(String what, ByteBuffer bytes) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes.duplicate());
        } catch (CharacterCodingException e) {
            throw new FileFormatException("is damaged: " + what + " is not in UTF-8", e);
        }
    }

    /** An object: calls {@code member} with each key; it has to read or to {@link #skip} the value. */
    void object(Member member) throws IOException {
        require(JsonToken.START_OBJECT, "object");
        while (next() != JsonToken.END_OBJECT) {
            String key = wellFormed(parser.currentName());
            next();
            member.read(key);
        }
    }

    String text() throws IOException {
        require(JsonToken.VALUE_STRING, "text");
        return wellFormed(parser.getText());
    }

    /** An array of numbers from 0 to the largest {@code long}. */
    long[] sizes() throws IOException {
        require(JsonToken.START_ARRAY, "list of numbers");
        List<Long> sizes = new ArrayList<>();
        while (next() != JsonToken.END_ARRAY) {
            sizes.add(size());
        }
        return sizes.stream().mapToLong(Long::longValue).toArray();
    }

    private long size() throws IOException {
        require(JsonToken.VALUE_NUMBER_INT, "whole number");
        String digits = parser.getText();
        if (digits.startsWith("-")) {
            throw damaged("has " + digits + " where a size or an offset should be");
        }
        return parser.getLongValue();
    }

    /** Passes over a value of any kind. */
    void skip() throws IOException {
        parser.skipChildren();
    }

    /** A fault of what is being read. */
    FileFormatException damaged(String fault) {
        return new FileFormatException("is damaged: " + what + " " + fault);
    }

    private JsonToken next() throws IOException {
        JsonToken token = parser.nextToken();
        if (token == null) {
            throw damaged("ends too early");
        }
        return token;
    }

    private void require(JsonToken token, String expected) {
        if (parser.currentToken() != token) {
            throw damaged("has no " + expected + " at character "
                    + parser.currentTokenLocation().getCharOffset() + ", where one is expected");
        }
    }

    /** JSON can write halves of characters, which no file name, message or other file could hold. */
    private String wellFormed(String text) {
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw damaged("has a text with half a character, at character "
                    + parser.currentTokenLocation().getCharOffset());
        }
        return text;
    }
}
