package org.torchbridge.codegen;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SchemaTest {
    @Test
    void nameAndOverload() {
        Schema plain = Schema.parse("aten::relu(Tensor self) -> Tensor");
        Schema overloaded = Schema.parse("aten::add.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor");

        assertThat(plain.name()).isEqualTo("relu");
        assertThat(plain.overload()).isEmpty();
        assertThat(plain.symbol()).isEqualTo("relu");
        assertThat(overloaded.overload()).isEqualTo("Tensor");
        assertThat(overloaded.symbol()).isEqualTo("add_Tensor");
    }

    @Test
    void argumentsBehindTheStarAreKeywords() {
        Schema schema = Schema.parse("aten::add.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor");

        assertThat(schema.arguments())
                .containsExactly(
                        new Schema.Argument("Tensor", "self", null, false, false),
                        new Schema.Argument("Tensor", "other", null, false, false),
                        new Schema.Argument("Scalar", "alpha", "1", false, true));
        assertThat(schema.isOutVariant()).isFalse();
    }

    @Test
    void aliasAnnotationsSayWhatIsWritten() {
        Schema inPlace = Schema.parse("aten::relu_(Tensor(a!) self) -> Tensor(a!)");
        Schema out = Schema.parse("aten::abs.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)");
        Schema views = Schema.parse("aten::chunk(Tensor(a -> *) self, int chunks, int dim=0) -> Tensor(a)[]");
        Schema list = Schema.parse("aten::_foreach_abs_(Tensor(a!)[] self) -> ()");

        assertThat(inPlace.arguments().get(0)).isEqualTo(new Schema.Argument("Tensor", "self", null, true, false));
        assertThat(inPlace.results()).containsExactly(new Schema.Result("Tensor", "", true));
        assertThat(inPlace.isOutVariant()).isFalse();
        assertThat(out.isOutVariant()).isTrue();
        assertThat(views.arguments().get(0)).isEqualTo(new Schema.Argument("Tensor", "self", null, false, false));
        assertThat(views.results()).containsExactly(new Schema.Result("Tensor[]", "", false));
        assertThat(list.arguments().get(0)).isEqualTo(new Schema.Argument("Tensor[]", "self", null, true, false));
        assertThat(list.results()).isEmpty();
    }

    @Test
    void defaultsKeepTheirText() {
        Schema schema = Schema.parse("aten::f(Tensor self, int[2] stride=[1, 2], float eps=1.0000000000000001e-05,"
                + " bool ceil_mode=False, ScalarType? dtype=None, int[1]? dim=None, Tensor?[] indices=[]) -> Tensor");

        assertThat(schema.arguments().stream().map(Schema.Argument::type))
                .containsExactly("Tensor", "int[2]", "float", "bool", "ScalarType?", "int[1]?", "Tensor?[]");
        assertThat(schema.arguments().stream().map(Schema.Argument::defaultValue))
                .containsExactly(null, "[1, 2]", "1.0000000000000001e-05", "False", "None", "None", "[]");
    }

    @Test
    void quotedDefaultsMayHoldAnything() {
        Schema schema = Schema.parse(
                "aten::f(str a=\"\\\"'\\\\,\", str b=\"x, [y=<\", str equation=\"a->b\", *, str? c=None) -> str");

        assertThat(schema.arguments().stream().map(Schema.Argument::name)).containsExactly("a", "b", "equation", "c");
        assertThat(schema.arguments().stream().map(Schema.Argument::defaultValue))
                .containsExactly("\"\\\"'\\\\,\"", "\"x, [y=<\"", "\"a->b\"", "None");
        assertThat(schema.arguments().get(3).keywordOnly()).isTrue();
    }

    @Test
    void severalResultsWithAndWithoutNames() {
        Schema named = Schema.parse("aten::max.dim(Tensor self, int dim) -> (Tensor values, Tensor indices)");
        Schema mixed = Schema.parse("aten::f(Tensor self) -> (Tensor, Tensor[], float, int)");
        Schema written =
                Schema.parse("aten::max.dim_max(Tensor self, int dim, *, Tensor(a!) max, Tensor(b!) max_values)"
                        + " -> (Tensor(a!) values, Tensor(b!) indices)");

        assertThat(named.results())
                .containsExactly(
                        new Schema.Result("Tensor", "values", false), new Schema.Result("Tensor", "indices", false));
        assertThat(mixed.results().stream().map(Schema.Result::type))
                .containsExactly("Tensor", "Tensor[]", "float", "int");
        assertThat(written.results())
                .containsExactly(
                        new Schema.Result("Tensor", "values", true), new Schema.Result("Tensor", "indices", true));
    }

    @Test
    void nestedCppTypesAreSplitAtTheirOwnCommasOnly() {
        assertThat(Schema.split(
                        "at::Tensor const&, std::optional<c10::ArrayRef<double> >, std::array<bool, 3ul>, long"))
                .containsExactly(
                        "at::Tensor const&", "std::optional<c10::ArrayRef<double> >", "std::array<bool, 3ul>", "long");
        assertThat(Schema.split("")).isEmpty();
    }

    @Test
    void everyLiveSchemaParses() {
        assertThat(LiveSchemas.read())
                .hasSizeGreaterThan(3500)
                .allSatisfy(schema -> assertThat(schema.name()).matches("\\w+"))
                .allSatisfy(schema -> assertThat(schema.arguments())
                        .allSatisfy(argument -> assertThat(argument.name()).matches("\\w+")));
    }

    @ParameterizedTest
    @CsvSource({
        "log_softmax, logSoftmax",
        "add_, add_",
        "_foreach_add_, _foreachAdd_",
        "__and__, __and__",
        "float, float_",
        "conv2d, conv2d",
        "fft_fft2, fftFft2"
    })
    void javaCase(String python, String java) {
        assertThat(Schema.camelCase(python)).isEqualTo(java);
    }
}
