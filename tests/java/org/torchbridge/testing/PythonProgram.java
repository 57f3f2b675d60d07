package org.torchbridge.testing;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;

/**
 * Evaluates a small part of Python by calling the library's own methods, so that a test can be one line that both
 * languages run: {@code m = nn.Conv2d(3, 4, 3, stride=2); a = torch.randn(2, 3, 6, 5); m(a)}.
 *
 * <p>There are assignments, calls with keyword arguments, attributes, indices, tuples, lists, numbers, strings,
 * {@code True}, {@code False}, {@code None} and {@code + - * /}; {@link PythonCalls} says what a call becomes.
 */
public final class PythonProgram {
    private final Map<String, Object> variables = new LinkedHashMap<>();
    private String text = "";
    private int position;

    /** Sees each variable when it has been assigned. */
    @FunctionalInterface
    public interface Assignment {
        void assigned(String name, @Nullable Object value);
    }

    /** Gives the program a variable. */
    public PythonProgram with(String name, Object value) {
        variables.put(name, value);
        return this;
    }

    /** Runs the statements of {@code program}, which semicolons separate, and returns the value of the last one. */
    public @Nullable Object run(String program, Assignment observer) {
        text = program;
        position = 0;
        Object value = null;
        do {
            String name = assignedName();
            value = expression();
            if (name != null) {
                variables.put(name, value);
                observer.assigned(name, value);
            }
        } while (skip(';'));
        if (peek() != 0) {
            throw error("the end of the program is expected");
        }
        return value;
    }

    /** Runs {@code program} and returns the value of its last statement. */
    public @Nullable Object run(String program) {
        return run(program, (name, value) -> {});
    }

    private @Nullable String assignedName() {
        int start = position;
        String name = Character.isLetter(peek()) ? word() : null;
        if (name != null && skip('=') && text.charAt(position) != '=') {
            return name;
        }
        position = start;
        return null;
    }

    // ---- expressions

    private @Nullable Object expression() {
        Object left = term();
        while (peek() == '+' || peek() == '-') {
            char operator = text.charAt(position++);
            left = arithmetic(operator, left, term());
        }
        return left;
    }

    private @Nullable Object term() {
        Object left = factor();
        while (peek() == '*' || peek() == '/') {
            char operator = text.charAt(position++);
            left = arithmetic(operator, left, factor());
        }
        return left;
    }

    private @Nullable Object factor() {
        if (skip('-')) {
            Object value = factor();
            return value instanceof Tensor tensor ? tensor.neg() : arithmetic('-', 0L, value);
        }
        return trailers(atom());
    }

    private static Object arithmetic(char operator, @Nullable Object left, @Nullable Object right) {
        if (left instanceof Tensor tensor) {
            return switch (operator) {
                case '+' -> right instanceof Tensor other ? tensor.add(other) : tensor.add((Number) right);
                case '-' -> right instanceof Tensor other ? tensor.sub(other) : tensor.sub((Number) right);
                case '*' -> right instanceof Tensor other ? tensor.mul(other) : tensor.mul((Number) right);
                default -> right instanceof Tensor other ? tensor.div(other) : tensor.div((Number) right);
            };
        }
        if (left instanceof Long a && right instanceof Long b && operator != '/') {
            return operator == '+' ? a + b : operator == '-' ? a - b : a * b;
        }
        double a = ((Number) left).doubleValue();
        double b = ((Number) right).doubleValue();
        return operator == '+' ? a + b : operator == '-' ? a - b : operator == '*' ? a * b : a / b;
    }

    private @Nullable Object trailers(@Nullable Object value) {
        Object current = value;
        while (true) {
            if (skip('.')) {
                current = PythonCalls.attribute(current, word());
            } else if (skip('(')) {
                current = call(current);
            } else if (skip('[')) {
                current = element(current, ((Long) expression()).intValue());
                expect(']');
            } else {
                return PythonCalls.value(current);
            }
        }
    }

    private @Nullable Object call(@Nullable Object called) {
        List<Object> positional = new ArrayList<>();
        Map<String, Object> keywords = new LinkedHashMap<>();
        while (!skip(')')) {
            String name = assignedName();
            if (name == null) {
                positional.add(expression());
            } else {
                keywords.put(name, expression());
            }
            if (peek() != ')') {
                expect(',');
            }
        }
        return PythonCalls.call(called, positional, keywords);
    }

    private static @Nullable Object element(@Nullable Object value, int index) {
        if (value instanceof List<?> list) {
            return list.get(index < 0 ? list.size() + index : index);
        }
        if (value instanceof Tensor tensor) {
            return tensor.get((long) index);
        }
        return PythonCalls.components(value).get(index);
    }

    private @Nullable Object atom() {
        char c = peek();
        if (c == '\'' || c == '"') {
            return string(c);
        }
        if (Character.isDigit(c)) {
            return number();
        }
        if (skip('(')) {
            return tuple();
        }
        if (skip('[')) {
            return elements(']');
        }
        String word = word();
        return switch (word) {
            case "True" -> true;
            case "False" -> false;
            case "None" -> null;
            default -> variables.containsKey(word) ? variables.get(word) : PythonCalls.name(word);
        };
    }

    /** What follows an opening parenthesis: a value, or a tuple, which has a comma. */
    private @Nullable Object tuple() {
        if (skip(')')) {
            return List.of();
        }
        Object first = expression();
        if (skip(')')) {
            return first;
        }
        expect(',');
        List<Object> all = new ArrayList<>();
        all.add(first);
        all.addAll(elements(')'));
        return all;
    }

    private List<Object> elements(char end) {
        List<Object> elements = new ArrayList<>();
        while (!skip(end)) {
            elements.add(expression());
            if (peek() != end) {
                expect(',');
            }
        }
        return elements;
    }

    private String string(char quote) {
        int end = text.indexOf(quote, ++position);
        String value = text.substring(position, end);
        position = end + 1;
        return value;
    }

    private Number number() {
        int start = position;
        while (position < text.length() && isPartOfNumber(start)) {
            position++;
        }
        String digits = text.substring(start, position);
        return digits.matches("\\d+") ? (Number) Long.valueOf(digits) : (Number) Double.valueOf(digits);
    }

    private boolean isPartOfNumber(int start) {
        char c = text.charAt(position);
        boolean sign = (c == '-' || c == '+') && position > start && text.charAt(position - 1) == 'e';
        return Character.isDigit(c) || c == '.' || c == 'e' || sign;
    }

    // ---- characters

    private String word() {
        peek();
        int start = position;
        while (position < text.length()
                && (Character.isLetterOrDigit(text.charAt(position)) || text.charAt(position) == '_')) {
            position++;
        }
        if (start == position) {
            throw error("a name is expected");
        }
        return text.substring(start, position);
    }

    /** The next character that is no space, or 0 at the end. */
    private char peek() {
        while (position < text.length() && Character.isWhitespace(text.charAt(position))) {
            position++;
        }
        return position < text.length() ? text.charAt(position) : 0;
    }

    private boolean skip(char c) {
        if (peek() == c) {
            position++;
            return true;
        }
        return false;
    }

    private void expect(char c) {
        if (!skip(c)) {
            throw error("'" + c + "' is expected");
        }
    }

    private IllegalArgumentException error(String message) {
        return new IllegalArgumentException(message + " at character " + position + " of: " + text);
    }
}
