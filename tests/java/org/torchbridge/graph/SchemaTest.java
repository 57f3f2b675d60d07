package org.torchbridge.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.OperatorVector;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.torchbridge.Torch;

class SchemaTest {
    @Test
    void everySchemaOfLibtorchIsReadAndWrittenAgain() {
        Torch.zeros(1).close(); // loads libtorch before the presets
        List<String> texts = new ArrayList<>();
        OperatorVector operators = torch.getAllOperators();
        for (long i = 0; i < operators.size(); i++) {
            texts.add(torch.toString(operators.get(i).schema()).getString());
        }

        assertThat(texts).hasSizeGreaterThan(4000);
        texts.removeIf(text -> plain(Schema.parse(text).toString()).equals(plain(text)));
        assertThat(texts).isEmpty();
    }

    /** Without what is written in several ways: aliases, defaults, and names of types that are numbers in a program. */
    private static String plain(String schema) {
        return schema.replaceAll("\\([a-z*|]+!?( -> [*|a-z]+)?\\)", "")
                .replaceAll("=(\\[[^\\]]*\\]|\"([^\"\\\\]|\\\\.)*\"|[^,)]+)", "=")
                .replaceAll("SymInt|ScalarType|Layout|MemoryFormat|QScheme", "int")
                .replace("SymBool", "bool");
    }

    @Test
    void argumentsHaveTypesDefaultsAndAliases() {
        Schema schema = Schema.parse(
                "aten::f.out(Tensor self, int[2] size=1, float p=0.5, str mode=\"a, b\\n\", int[] dims=[1, 2],"
                        + " Scalar? s=None, *, Tensor(a!) out) -> Tensor(a!)");

        assertThat(schema.name()).isEqualTo("aten::f.out");
        assertThat(schema.arguments())
                .extracting(Schema.Argument::defaultValue)
                .containsExactly(null, List.of(1L, 1L), 0.5, "a, b\n", List.of(1L, 2L), null, null);
        assertThat(schema.arguments())
                .extracting(Schema.Argument::hasDefault)
                .containsExactly(false, true, true, true, true, true, false);
        assertThat(schema.arguments())
                .extracting(Schema.Argument::isMutated)
                .containsExactly(false, false, false, false, false, false, true);
        assertThat(schema.arguments().get(6).keywordOnly()).isTrue();
        assertThat(schema.isMutable()).isTrue();
        assertThat(schema.returns().get(0).alias()).isEqualTo("a!");
    }

    @Test
    void resultsMayHaveNamesOrBeMany() {
        assertThat(Schema.parse("a::b(Tensor x) -> (Tensor values, Tensor indices)")
                        .returns())
                .extracting(Schema.Argument::name)
                .containsExactly("values", "indices");
        assertThat(Schema.parse("a::b() -> ()").returns()).isEmpty();
        assertThat(Schema.parse("a::b(...) -> ...").variadicReturns()).isTrue();
    }

    @Test
    void brokenTextIsShownWhereItBreaks() {
        assertThatThrownBy(() -> Schema.parse("aten::f(Tensor x -> Tensor"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("aten::f(Tensor x");
    }
}
