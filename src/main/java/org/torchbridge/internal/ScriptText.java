package org.torchbridge.internal;

import java.nio.charset.StandardCharsets;
import org.bytedeco.javacpp.BytePointer;

/** Texts on their way between Java and the presets, zeros in them and all. */
final class ScriptText {
    private ScriptText() {}

    /** An empty text comes as a null pointer. */
    static String of(BytePointer text) {
        if (text == null || text.isNull()) {
            return "";
        }
        byte[] utf8 = new byte[(int) text.limit()];
        text.get(utf8);
        return new String(utf8, StandardCharsets.UTF_8);
    }

    static BytePointer pointer(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return utf8.length == 0 ? new BytePointer("") : new BytePointer(utf8);
    }
}
