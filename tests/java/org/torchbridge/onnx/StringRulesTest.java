package org.torchbridge.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.torchbridge.onnx.ModelText.attribute;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.UnsupportedOperatorException;
import org.torchbridge.jit.ScriptModule;
import org.torchbridge.onnx.proto.AttributeProto;

/** Tensors of strings are lists of them, row by row. */
class StringRulesTest extends RuleTest {
    private static Object run(ModelText model, Object... inputs) {
        try (ScriptModule module = model.load().toModule()) {
            return module.run("forward", inputs);
        }
    }

    private static List<?> list(Object result) {
        return (List<?>) result;
    }

    private static ModelText row() {
        return new ModelText(20).input("x", "string", "n");
    }

    // ---- StringNormalizer

    @Test
    void wordsAreLeftOutAndChanged() {
        ModelText model = row().node(
                        "StringNormalizer",
                        "x",
                        "y",
                        attribute("case_change_action", "UPPER"),
                        attribute("stopwords", "Monday", "today"))
                .output("y");

        assertThat(list(run(model, List.of("monday", "Tuesday", "TODAY", "wednesday"))))
                .isEqualTo(List.of("TUESDAY", "WEDNESDAY"));
    }

    @Test
    void theCaseOfWordsToLeaveOutMayCount() {
        ModelText model = row().node(
                        "StringNormalizer",
                        "x",
                        "y",
                        attribute("case_change_action", "LOWER"),
                        attribute("is_case_sensitive", 1),
                        attribute("stopwords", "Monday", "Sunday"))
                .output("y");

        assertThat(list(run(model, List.of("monday", "Monday", "Tuesday")))).isEqualTo(List.of("monday", "tuesday"));
    }

    @Test
    void anEmptyStringIsLeftOfNothing() {
        ModelText model = row().node("StringNormalizer", "x", "y", attribute("stopwords", "monday", "sunday"))
                .output("y");

        assertThat(list(run(model, List.of("monday", "MONDAY")))).isEqualTo(List.of(""));
    }

    // ---- StringConcat, StringSplit, Equal

    @Test
    void stringsAreJoinedOneByOneOrAllWithOne() {
        ModelText both =
                row().input("z", "string", "n").node("StringConcat", "x z", "y").output("y");
        ModelText one =
                row().input("z", "string").node("StringConcat", "z x", "y").output("y");

        assertThat(list(run(both, List.of("a", "b"), List.of("1", "2")))).isEqualTo(List.of("a1", "b2"));
        assertThat(list(run(one, List.of("a", "b"), List.of(">")))).isEqualTo(List.of(">a", ">b"));
        assertThat(list(run(both, List.of(), List.of("2")))).isEmpty();
    }

    @Test
    void constantStringsTakePart() {
        ModelText model = row().node("Constant", "", "end", attribute("value_string", "!"))
                .node("StringConcat", "x end", "y")
                .output("y");

        assertThat(list(run(model, List.of("a", "b")))).isEqualTo(List.of("a!", "b!"));
    }

    @Test
    void rowsAndColumnsOfStringsTogetherAreRefused() {
        OnnxModel model = new ModelText(20)
                .input("x", "string", 2, 1)
                .input("z", "string", 1, 2)
                .node("StringConcat", "x z", "y")
                .output("y")
                .load();

        assertThatThrownBy(model::toModule)
                .isInstanceOf(UnsupportedOperatorException.class)
                .hasMessageContaining("StringConcat-20: strings of the shapes [2, 1] and [1, 2] together");
    }

    @Test
    void stringsAreComparedInTheShapeThatTheyHave() {
        ModelText matrix = new ModelText(19)
                .input("x", "string", 2, 2)
                .input("z", "string", 2, 2)
                .node("Equal", "x z", "y")
                .output("y");
        Tensor y = (Tensor) run(matrix, List.of("a", "b", "c", "d"), List.of("a", "x", "c", "y"));

        assertThat(y.equal(
                        Torch.tensor(new boolean[] {true, false, true, false}).reshape(2, 2)))
                .isTrue();
        ModelText one = row().input("z", "string", 1).node("Equal", "x z", "y").output("y");
        assertThat(((Tensor) run(one, List.of("a", "b", "a"), List.of("a"))).toString())
                .isEqualTo("tensor([ True, False,  True])");
    }

    @Test
    void partsOfStringsAreFilledUp() {
        ModelText model = row().node("StringSplit", "x", "y z", attribute("delimiter", ","))
                .output("y", "z");
        List<?> results = list(run(model, List.of("a,b,c", "d", "e,")));

        assertThat(results.get(0)).isEqualTo(List.of("a", "b", "c", "d", "", "", "e", "", ""));
        assertThat(((Tensor) results.get(1)).toLongArray()).containsExactly(3, 1, 2);
    }

    @Test
    void afterTheLastSplitTheRestIsOnePart() {
        ModelText model =
                row().node("StringSplit", "x", "y z", attribute("maxsplit", 1)).output("y", "z");
        List<?> results = list(run(model, List.of("  a \t b  c", "d", "e f")));

        assertThat(results.get(0)).isEqualTo(List.of("a", "b  c", "d", "", "e", "f"));
        assertThat(((Tensor) results.get(1)).toLongArray()).containsExactly(2, 1, 2);
    }

    @Test
    void withoutADelimiterWhiteSpaceSplits() {
        ModelText model = row().node("StringSplit", "x", "y z").output("y", "z");

        assertThat(list(run(model, List.of("  a \t b", "c"))).get(0)).isEqualTo(List.of("a", "b", "c", ""));
    }

    @Test
    void theNumberOfSplitsMayBeBounded() {
        ModelText model = row().node("StringSplit", "x", "y z", attribute("delimiter", "-"), attribute("maxsplit", 1))
                .output("y", "z");

        assertThat(list(run(model, List.of("a-b-c"))).get(0)).isEqualTo(List.of("a", "b-c"));
    }

    // ---- casts

    @Test
    void numbersAreReadFromStringsInTheirShape() {
        ModelText model = new ModelText(21)
                .input("x", "string", "n", 2)
                .node("Cast", "x", "y", attribute("to", ElementType.FLOAT.code()))
                .output("y");
        Tensor y = (Tensor) run(model, List.of("1.5", "-2", "1e3", "inf"));

        assertThat(y.shape()).containsExactly(2, 2);
        assertThat(y.toFloatArray()).containsExactly(1.5f, -2, 1000, Float.POSITIVE_INFINITY);
    }

    @Test
    void wholeNumbersAreWritten() {
        ModelText model = new ModelText(21)
                .input("x", "int64", "n")
                .node("Cast", "x", "y", attribute("to", ElementType.STRING.code()))
                .output("y");

        assertThat(list(run(model, Torch.tensor(new long[] {5, -7})))).isEqualTo(List.of("5", "-7"));
    }

    @Test
    void realNumbersAreNotWritten() {
        OnnxModel model = new ModelText(21)
                .input("x", "float", "n")
                .node("Cast", "x", "y", attribute("to", ElementType.STRING.code()))
                .output("y")
                .load();

        assertThatThrownBy(model::toModule)
                .isInstanceOf(UnsupportedOperatorException.class)
                .hasMessageContaining("Cast-21: to string of numbers that are not whole");
    }

    // ---- TfIdfVectorizer

    private static OneNode counts(String mode, long skips) {
        return OneNode.of("TfIdfVectorizer", 9)
                .text("mode", mode)
                .integer("min_gram_length", 1)
                .integer("max_gram_length", 2)
                .integer("max_skip_count", skips)
                .integers("ngram_counts", 0, 3)
                .integers("ngram_indexes", 0, 4, 1, 3, 2)
                .integers("pool_int64s", 2, 3, 5, 2, 3, 5, 5);
    }

    @Test
    void sequencesOfNumbersAreCounted() {
        Tensor x = Torch.tensor(new long[][] {{2, 3, 5, 5, 2, 3}, {5, 2, 5, 3, 3, 3}});
        for (String mode : List.of("TF", "IDF", "TFIDF")) {
            assertSame(counts(mode, 0).reals("weights", 1, 2, 3, 4, 5).input(x));
            assertSame(counts(mode, 1).reals("weights", 1, 2, 3, 4, 5).input(x));
        }
        assertSame(counts("TF", 5).input(x.select(0, 1)));
    }

    @Test
    void shortestSequencesMayBeLeftOut() {
        assertSame(OneNode.of("TfIdfVectorizer", 9)
                .text("mode", "TF")
                .integer("min_gram_length", 2)
                .integer("max_gram_length", 2)
                .integer("max_skip_count", 3)
                .integers("ngram_counts", 0, 2)
                .integers("ngram_indexes", 0, 1, 2)
                .integers("pool_int64s", 2, 3, 2, 3)
                .input(Torch.tensor(new long[][] {{2, 7, 3}, {2, 2, 3}})));
    }

    // ---- CategoryMapper

    @Test
    void categoriesHaveANumberOrAName() {
        AttributeProto names = attribute("cats_strings", "a", "b");
        AttributeProto numbers = attribute("cats_int64s", 7L, 9L);
        ModelText toNumbers = row().imports("ai.onnx.ml", 1)
                .node("ai.onnx.ml::CategoryMapper", "x", "y", names, numbers)
                .output("y");
        ModelText toNames = new ModelText(20)
                .imports("ai.onnx.ml", 1)
                .input("x", "int64", "n")
                .node("ai.onnx.ml::CategoryMapper", "x", "y", names, numbers)
                .output("y");

        assertThat(((Tensor) run(toNumbers, List.of("b", "z", "a"))).toLongArray())
                .containsExactly(9, -1, 7);
        assertThat(list(run(toNames, longs(7, 8, 9)))).isEqualTo(List.of("a", "_Unused", "b"));
    }

    // ---- LabelEncoder

    private static ModelText labels(long version, String element) {
        return new ModelText(17).imports("ai.onnx.ml", version).input("x", element, "n");
    }

    @Test
    void stringsBecomeNumbers() {
        ModelText model = labels(2, "string")
                .node(
                        "ai.onnx.ml::LabelEncoder",
                        "x",
                        "y",
                        attribute("keys_strings", "a", "b"),
                        attribute("values_int64s", 7, 9),
                        attribute("default_int64", 42))
                .output("y");

        assertThat(((Tensor) run(model, List.of("b", "a", "c"))).toLongArray()).containsExactly(9, 7, 42);
    }

    @Test
    void numbersBecomeStrings() {
        ModelText model = labels(2, "int64")
                .node(
                        "ai.onnx.ml::LabelEncoder",
                        "x",
                        "y",
                        attribute("keys_int64s", 7, 9),
                        attribute("values_strings", "a", "b"))
                .output("y");

        assertThat(list(run(model, Torch.tensor(new long[] {9, 8, 7})))).isEqualTo(List.of("b", "_Unused", "a"));
    }

    @Test
    void numbersBecomeOtherNumbers() {
        assertSame(OneNode.of("ai.onnx.ml", "LabelEncoder", 2)
                .reals("keys_floats", 1, 2.5f)
                .reals("values_floats", 10, 20)
                .real("default_float", -1)
                .input(Torch.tensor(new float[] {2.5f, 3, 1})));
        assertSame(OneNode.of("ai.onnx.ml", "LabelEncoder", 4)
                .reals("keys_floats", 1, Float.NaN)
                .reals("values_floats", 10, 20)
                .real("default_float", -1)
                .input(Torch.tensor(new float[] {3, Float.NaN, 1})));
        assertSame(OneNode.of("ai.onnx.ml", "LabelEncoder", 4)
                .tensor("keys_tensor", Torch.tensor(new long[] {4, 5}))
                .tensor("values_tensor", Torch.tensor(new double[] {0.5, 1.5}))
                .tensor("default_tensor", Torch.tensor(new double[] {9}))
                .input(Torch.tensor(new long[][] {{5, 4}, {3, 5}})));
    }

    @Test
    void classesHaveNumbersInTheirOrder() {
        ModelText model = labels(1, "string")
                .node("ai.onnx.ml::LabelEncoder", "x", "y", attribute("classes_strings", "a", "b"))
                .output("y");

        assertThat(((Tensor) run(model, Arrays.asList("b", "z", "a"))).toLongArray())
                .containsExactly(1, -1, 0);
    }
}
