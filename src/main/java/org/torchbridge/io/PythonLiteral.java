package org.torchbridge.io;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.torchbridge.FileFormatException;

/**
 * The little of Python's syntax that describes a NumPy array: a dictionary whose values are texts, {@code True}, {@code
 * False} and tuples of whole numbers. Nothing is evaluated.
 */
final class PythonLiteral {
    private final String text;
    private int at;

    private PythonLiteral(String text) {
        this.text = text;
    }

    /**
     * The dictionary {@code text}: values are {@link String}, {@link Boolean} and {@code long[]}.
     *
     * @throws FileFormatException if it is anything else
     */
    static Map<String, Object> dict(String text) {
        PythonLiteral literal = new PythonLiteral(text);
        Map<String, Object> dict = literal.dict();
        if (literal.peek() != 0) {
            throw literal.unexpected("nothing more");
        }
        return dict;
    }

    private Map<String, Object> dict() {
        Map<String, Object> dict = new LinkedHashMap<>();
        expect('{');
        while (!take('}')) {
            String key = string();
            expect(':');
            if (dict.put(key, value()) != null) {
                throw new FileFormatException("is damaged: its header has two values for '" + key + "'");
            }
            if (!take(',')) {
                expect('}');
                return dict;
            }
        }
        return dict;
    }

    private Object value() {
        return switch (peek()) {
            case '\'', '"' -> string();
            case '(' -> tuple();
            case 'T', 'F' -> truth();
            case '[' -> throw new FileFormatException(
                    "holds elements with named fields, for which there are no tensors. Save each field as an array of"
                            + " its own in Python: array['name']");
            default -> throw unexpected("a text, a truth value or a tuple of numbers");
        };
    }

    private String string() {
        char quote = peek();
        int end = quote == '\'' || quote == '"' ? text.indexOf(quote, at + 1) : -1;
        if (end < 0) {
            throw unexpected("a text");
        }
        String string = text.substring(at + 1, end);
        if (string.indexOf('\\') >= 0) {
            throw unexpected("a text without backslashes");
        }
        at = end + 1;
        return string;
    }

    private boolean truth() {
        boolean value = peek() == 'T';
        String word = value ? "True" : "False";
        if (!text.startsWith(word, at)) {
            throw unexpected("True or False");
        }
        at += word.length();
        return value;
    }

    private long[] tuple() {
        List<Long> numbers = new ArrayList<>();
        expect('(');
        while (!take(')')) {
            numbers.add(number());
            if (!take(',')) {
                // Without a comma, parentheses around one number are no tuple.
                if (numbers.size() == 1) {
                    throw unexpected("a comma");
                }
                expect(')');
                break;
            }
        }
        return numbers.stream().mapToLong(Long::longValue).toArray();
    }

    private long number() {
        peek();
        int start = at;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        try {
            long number = Long.parseLong(text.substring(start, at));
            // Python 2 ends large numbers so.
            take('L');
            return number;
        } catch (NumberFormatException e) {
            at = start;
            throw unexpected("a whole number from 0 to " + Long.MAX_VALUE);
        }
    }

    private void expect(char expected) {
        if (!take(expected)) {
            throw unexpected("'" + expected + "'");
        }
    }

    private boolean take(char wanted) {
        boolean there = peek() == wanted;
        if (there) {
            at++;
        }
        return there;
    }

    /** The next character that is no space, 0 at the end. */
    private char peek() {
        while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\n')) {
            at++;
        }
        return at < text.length() ? text.charAt(at) : 0;
    }

    private FileFormatException unexpected(String expected) {
        String found = at < text.length() ? "'" + text.charAt(at) + "'" : "the end";
        return new FileFormatException(
                "is damaged: its header has " + found + " at character " + at + ", where " + expected + " is expected");
    }
}
