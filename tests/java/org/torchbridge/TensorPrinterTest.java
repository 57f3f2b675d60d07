package org.torchbridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Texts against those of Python, which tests/python/make_printing.py recorded. */
class TensorPrinterTest {
    @AfterEach
    void restoreSettings() {
        Torch.setDefaultDType(DType.FLOAT32);
        Torch.setPrintOptions(PrintOptions.DEFAULT);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("recorded")
    void printsWhatPythonPrints(Recorded recorded) {
        Torch.setDefaultDType(recorded.defaultType());
        Torch.setPrintOptions(recorded.options());
        assertThat(recorded.tensor().toString()).isEqualTo(recorded.text());
    }

    @Test
    void summaryReadsOnlyWhatItShows() {
        Tensor huge = Torch.ones(1).expand(10_000_000, 10_000_000);
        String text =
                """
                tensor([[1., 1., 1.,  ..., 1., 1., 1.],
                        [1., 1., 1.,  ..., 1., 1., 1.],
                        [1., 1., 1.,  ..., 1., 1., 1.],
                        ...,
                        [1., 1., 1.,  ..., 1., 1., 1.],
                        [1., 1., 1.,  ..., 1., 1., 1.],
                        [1., 1., 1.,  ..., 1., 1., 1.]])""";
        assertThat(huge.toString()).isEqualTo(text);
    }

    @Test
    void printingKeepsNoTensors() {
        Tensor tensor = Torch.ones(new long[] {40, 40}, DType.COMPLEX64);
        try (Scope scope = Scope.open()) {
            tensor.toString();
            assertThat(scope.size()).isZero();
        }
    }

    @Test
    void printingASummaryWithoutEdgesTellsTheSize() {
        // PyTorch 2; PyTorch 1.13 fails.
        Torch.setPrintOptions(PrintOptions.DEFAULT.threshold(3).edgeItems(0));
        assertThat(Torch.ones(5).toString()).isEqualTo("tensor([...], size=(5,))");
        assertThat(Torch.ones(2, 3).toString()).isEqualTo("tensor([...], size=(2, 3))");
    }

    @Test
    void typesThatOldPythonLacks() {
        // Eight bits of e4m3: 0x38 is 1, 0x3c is 1.5, 0x7f is no number; eight of e5m2: 0x3c is 1, 0x7c is infinite.
        assertThat(ofBytes(DType.FLOAT8_E4M3FN, 0x38, 0x3c, 0x7f).toString())
                .isEqualTo("tensor([1.0000, 1.5000,    nan], dtype=torch.float8_e4m3fn)");
        assertThat(ofBytes(DType.FLOAT8_E5M2, 0x3c, 0xbc, 0x7c).toString())
                .isEqualTo("tensor([ 1., -1., inf], dtype=torch.float8_e5m2)");
        assertThat(ofBytes(DType.FLOAT8_E4M3FNUZ, 0x40).toString())
                .isEqualTo("tensor([1.], dtype=torch.float8_e4m3fnuz)");
        assertThat(ofBytes(DType.FLOAT8_E5M2FNUZ, 0x40).toString())
                .isEqualTo("tensor([1.], dtype=torch.float8_e5m2fnuz)");
        // The power of two above -127.
        assertThat(ofBytes(DType.FLOAT8_E8M0FNU, 126, 127, 128).toString())
                .isEqualTo("tensor([0.5000, 1.0000, 2.0000], dtype=torch.float8_e8m0fnu)");
        assertThat(ofBytes(DType.FLOAT4_E2M1FN_X2, 0x12, 0x20).toString())
                .isEqualTo("tensor([18., 32.], dtype=torch.float4_e2m1fn_x2)");
        assertThat(ofBytes(DType.UINT16, 0xff, 0xff, 1, 0).toString())
                .isEqualTo("tensor([65535,     1], dtype=torch.uint16)");
        assertThat(ofBytes(DType.UINT32, 0xff, 0xff, 0xff, 0xff).toString())
                .isEqualTo("tensor([4294967295], dtype=torch.uint32)");
        assertThat(ofBytes(DType.UINT64, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff)
                        .toString())
                .isEqualTo("tensor([18446744073709551615], dtype=torch.uint64)");
        assertThat(Torch.ones(new long[] {1}, DType.COMPLEX64)
                        .to(DType.COMPLEX32)
                        .toString())
                .isEqualTo("tensor([1.+0.j], dtype=torch.complex32)");
    }

    @Test
    void everyTypePrints() {
        // A byte pattern is a value of every type; a summary takes the longer way.
        Torch.setPrintOptions(PrintOptions.DEFAULT.threshold(1).edgeItems(1));
        for (DType type : DType.values()) {
            if (!type.isQuantized()) {
                assertThat(ofBytes(type, new int[6 * type.itemSize()]).toString())
                        .startsWith("tensor([")
                        .contains("...");
            }
        }
    }

    @Test
    void sparseOnTheMetaDevice() {
        // PyTorch 2; PyTorch 1.13 fails.
        TensorOptions meta = TensorOptions.of(Device.META).layout(Layout.SPARSE_COO);
        String text =
                """
                tensor(indices=tensor(..., size=(2, 0)),
                       values=tensor(..., size=(0,)),
                       device='meta', size=(2, 3), layout=torch.sparse_coo)""";
        assertThat(Torch.zeros(new long[] {2, 3}, meta).toString()).isEqualTo(text);
    }

    @Test
    void namedDimensionsCanBeSummarised() {
        Tensor named = Torch.ones(5000).rename(new String[] {"N"});
        assertThat(named.toString()).startsWith("tensor([1., 1., 1.,  ..., 1., 1., 1.]");
    }

    @Test
    void defaultDeviceDoesNotMatter() {
        try {
            Tensor tensor = Torch.ones(5000);
            Torch.setDefaultDevice(Device.META);
            assertThat(tensor.toString()).isEqualTo("tensor([1., 1., 1.,  ..., 1., 1., 1.])");
            assertThat(Torch.ones(2).toString()).isEqualTo("tensor(..., device='meta', size=(2,))");
        } finally {
            Torch.setDefaultDevice(Device.CPU);
        }
    }

    @Test
    void optionsAreChecked() {
        assertThatThrownBy(() -> PrintOptions.DEFAULT.edgeItems(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> PrintOptions.DEFAULT.precision(-1)).isInstanceOf(IllegalArgumentException.class);
    }

    // ---- what Python recorded

    /** A line of tensors.tsv. */
    private record Recorded(int line, String[] fields) {
        Tensor tensor() {
            byte[] bytes = Base64.getDecoder().decode(fields[2]);
            Tensor tensor = ofBytes(DType.parse(fields[0]), bytes).view(numbers(fields[1].split(",")));
            for (String step : fields[3].split(";")) {
                tensor = step.isEmpty() ? tensor : apply(step.split(" "), tensor);
            }
            return tensor;
        }

        PrintOptions options() {
            String[] options = fields[4].split(",");
            return new PrintOptions(
                    Integer.parseInt(options[0]),
                    options[1].equals("inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(options[1]),
                    Integer.parseInt(options[2]),
                    Integer.parseInt(options[3]),
                    options[4].equals("None") ? null : Boolean.valueOf(options[4]));
        }

        DType defaultType() {
            return DType.parse(fields[5]);
        }

        String text() {
            return fields[6].replace("\\n", "\n");
        }

        @Override
        public String toString() {
            return "line " + line + ": " + fields[0] + "[" + fields[1] + "] " + fields[3] + " " + fields[4];
        }
    }

    static Stream<Recorded> recorded() throws IOException {
        List<String[]> lines = lines("tensors.tsv");
        return Stream.iterate(0, i -> i < lines.size(), i -> i + 1).map(i -> new Recorded(i + 1, lines.get(i)));
    }

    /** The fields of each line of a recorded file. */
    static List<String[]> lines(String file) throws IOException {
        try (InputStream input = TensorPrinterTest.class.getResourceAsStream("/printing/" + file)) {
            String text = new String(input.readAllBytes(), StandardCharsets.UTF_8);
            return text.lines().map(line -> line.split("\t", -1)).toList();
        }
    }

    /** The steps of make_printing.py. */
    private static Tensor apply(String[] step, Tensor x) {
        String[] arguments = Arrays.copyOfRange(step, 1, step.length);
        return switch (step[0]) {
            case "requires_grad" -> x.clone().requiresGrad_(true);
            case "add" -> x.add(x);
            case "mul" -> x.mul(Torch.onesLike(x));
            case "neg" -> x.neg();
            case "sum" -> x.sum();
            case "relu" -> x.relu();
            case "view" -> x.view(-1);
            case "transpose" -> x.transpose(0, -1);
            case "select" -> x.select(0, 0);
            case "stride" -> x.get("::2");
            case "repeat" -> x.repeat(numbers(arguments));
            case "expand" -> x.expand(numbers(arguments));
            case "conj" -> x.conj();
            case "negative" -> Torch.imag(x.conj());
            case "meta" -> x.to(Device.META);
            case "to_sparse" -> x.toSparse();
            case "uncoalesced" -> uncoalesced(x);
            case "to_sparse_csr" -> x.toSparseCsr();
            case "to_sparse_csc" -> x.toSparseCsc();
            case "to_sparse_bsr" -> x.toSparseBsr(numbers(arguments));
            case "to_sparse_bsc" -> x.toSparseBsc(numbers(arguments));
            case "to_mkldnn" -> x.toMkldnn();
            case "quantize" -> Torch.quantizePerTensor(
                    x, Double.parseDouble(arguments[0]), Long.parseLong(arguments[1]), DType.parse(arguments[2]));
            case "quantize_channels" -> quantizeChannels(x, Long.parseLong(arguments[0]), DType.parse(arguments[1]));
            default -> throw new IllegalArgumentException("no step is called " + step[0]);
        };
    }

    private static Tensor uncoalesced(Tensor x) {
        long[] size = x.shape();
        Tensor indices = Torch.zeros(new long[] {1, size[0]}, DType.INT64);
        size[0]++;
        return Torch.sparseCooTensor(indices, x, size);
    }

    private static Tensor quantizeChannels(Tensor x, long axis, DType type) {
        long size = x.shape()[(int) axis];
        Tensor scales = Torch.arange(2, size + 2, DType.FLOAT64).reciprocal();
        return Torch.quantizePerChannel(x, scales, Torch.arange(size), axis, type);
    }

    private static long[] numbers(String[] texts) {
        return Arrays.stream(texts)
                .filter(text -> !text.isEmpty())
                .mapToLong(Long::parseLong)
                .toArray();
    }

    private static Tensor ofBytes(DType type, int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return ofBytes(type, bytes);
    }

    private static Tensor ofBytes(DType type, byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
        return Torch.fromBuffer(buffer, type, bytes.length / type.itemSize());
    }

    @Test
    void namesOfDimensionsArePrinted() {
        Tensor named = Torch.zeros(new long[] {1, 2}, new String[] {"N", "*"});
        assertThat(named).hasToString("tensor([[0., 0.]], names=('N', None))");
        assertThat(Torch.zeros(1).names()).isEmpty();
    }
}
