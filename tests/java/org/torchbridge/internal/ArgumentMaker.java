package org.torchbridge.internal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.torchbridge.codegen.Schema;

/**
 * Fills an operator's arguments mechanically, from their types and names. A value is null for one that is left out, a
 * tensor of the presets, a list of them, a {@code Long}, {@code Double}, {@code Boolean} or {@code Complex}, an array of
 * these, or a {@code String}.
 */
final class ArgumentMaker {
    /** A complex number. */
    record Complex(double real, double imaginary) {}

    private static final Pattern SIZED = Pattern.compile("(.*)\\[(\\d+)]");
    private static final Pattern RANK = Pattern.compile("([123])d");

    private static final Map<String, String> TEXTS = Map.ofEntries(
            Map.entry("equation", "ij,jk->ik"),
            Map.entry("padding", "same"),
            Map.entry("rounding_mode", "floor"),
            Map.entry("norm", "ortho"),
            Map.entry("ord", "nuc"),
            Map.entry("p", "fro"),
            Map.entry("indexing", "xy"),
            Map.entry("side", "right"),
            Map.entry("driver", "gelsd"),
            Map.entry("activation", "relu"),
            Map.entry("dim1", "columns"),
            Map.entry("dim", "columns"),
            Map.entry("dim0", "rows"),
            Map.entry("start_dim", "rows"),
            Map.entry("end_dim", "columns"));

    private static final Map<String, Long> INTEGERS = Map.ofEntries(
            Map.entry("dim", 0L),
            Map.entry("dim0", 0L),
            Map.entry("start", 0L),
            Map.entry("start_dim", 0L),
            Map.entry("low", 0L),
            Map.entry("k", 2L),
            Map.entry("high", 10L),
            Map.entry("n", 3L),
            Map.entry("m", 3L),
            Map.entry("chunks", 2L),
            Map.entry("sections", 2L),
            Map.entry("N", 1L),
            Map.entry("C", 4L),
            Map.entry("HxW", 36L),
            Map.entry("group", 2L),
            Map.entry("num_groups", 2L),
            Map.entry("correction", 0L),
            Map.entry("dtype", 6L));

    private final Recipe recipe;
    private final Schema schema;
    private final int rank;

    ArgumentMaker(Recipe recipe, Schema schema) {
        this.recipe = recipe;
        this.schema = schema;
        Matcher named = RANK.matcher(schema.name());
        this.rank = named.find() ? Integer.parseInt(named.group(1)) : 2;
    }

    /** The value of each argument; those that have a default get it, unless the recipe gives optional ones too. */
    List<Object> values() {
        List<Object> values = new ArrayList<>();
        for (int i = 0; i < schema.arguments().size(); i++) {
            values.add(value(schema.arguments().get(i), i));
        }
        return values;
    }

    private Object value(Schema.Argument argument, int position) {
        boolean optional = argument.type().endsWith("?");
        String type = optional ? argument.type().substring(0, argument.type().length() - 1) : argument.type();
        String text = argument.defaultValue();
        boolean absent = optional && (text == null || text.equals("None"));
        if (absent && !(recipe.givesOptionals() && canBeGiven(type, argument.name()))) {
            return null;
        }
        return text == null || text.equals("None") ? made(type, argument, position) : parsed(type, text);
    }

    private static boolean canBeGiven(String type, String name) {
        return !type.equals("Generator")
                && !type.equals("Layout")
                && !type.equals("MemoryFormat")
                && !name.equals("pin_memory")
                // Operators that take both want one of them only.
                && !name.equals("scale_factors")
                && !type.equals("Device");
    }

    // ---- defaults as the schema writes them

    private static Object parsed(String type, String text) {
        if (text.startsWith("[")) {
            return parsedList(type, text.substring(1, text.length() - 1));
        }
        Matcher sized = SIZED.matcher(type);
        if (sized.matches()) {
            long[] list = new long[Integer.parseInt(sized.group(2))];
            Arrays.fill(list, Long.parseLong(text));
            return list;
        }
        return switch (type) {
            case "bool" -> text.equals("True");
            case "str" -> text.substring(1, text.length() - 1).replaceAll("\\\\(.)", "$1");
            case "float" -> Double.valueOf(text);
            case "Scalar" -> text.matches("-?\\d+")
                    ? (Object) Long.valueOf(text)
                    : text.equals("True") ? (Object) true : Double.valueOf(text);
            default -> Long.valueOf(text);
        };
    }

    private static Object parsedList(String type, String inside) {
        String[] parts = inside.isBlank() ? new String[0] : inside.split(",");
        if (type.startsWith("float")) {
            return Arrays.stream(parts).mapToDouble(Double::parseDouble).toArray();
        }
        if (type.startsWith("bool")) {
            boolean[] list = new boolean[parts.length];
            for (int i = 0; i < list.length; i++) {
                list[i] = parts[i].trim().equals("True");
            }
            return list;
        }
        return Arrays.stream(parts)
                .mapToLong(part -> Long.parseLong(part.trim()))
                .toArray();
    }

    // ---- values for arguments without one

    private Object made(String type, Schema.Argument argument, int position) {
        String name = argument.name();
        Matcher sized = SIZED.matcher(type);
        if (sized.matches()) {
            return list(sized.group(1), name, Integer.parseInt(sized.group(2)));
        }
        return switch (type) {
            case "Tensor" -> tensor(argument, position);
            case "Tensor[]" -> List.of(tensor(argument, position), tensor(argument, position + 1));
            case "Tensor?[]" -> Arrays.asList(null, torch.tensor(1, 0, 2).to(ScalarType.Long));
            case "int", "SymInt" -> INTEGERS.getOrDefault(name, 1L);
            case "int[]", "SymInt[]" -> list("int", name, 0);
            case "float" -> 0.5;
            case "float[]" -> name.equals("scale_factors") ? doubles(rank, 2.0) : doubles(2, 0.5);
            case "bool" -> true;
            case "Scalar" -> number();
            case "Scalar[]" -> List.of(number(), 2L);
            case "str" -> name.equals("reduce") ? reduction() : TEXTS.getOrDefault(name, "mean");
            case "str[]" -> new String[] {"rows", "columns"};
            case "ScalarType" -> scalarType(name);
            case "Device", "Layout", "MemoryFormat" -> 0L;
            default -> throw new UnsupportedOperationException("a " + type + " cannot be made");
        };
    }

    /** A type that the operator turns to, which has to be other than that of its input to show. */
    private long scalarType(String name) {
        boolean quantizes = schema.name().contains("quantize");
        ScalarType type =
                quantizes ? ScalarType.QInt8 : recipe == Recipe.COMPLEX ? ScalarType.ComplexDouble : ScalarType.Double;
        return type.value;
    }

    /** Operators that reduce have different words for the same. */
    private String reduction() {
        if (schema.name().startsWith("index_reduce")) {
            return "prod";
        }
        boolean older =
                schema.name().startsWith("scatter") && !schema.overload().startsWith("two");
        return older ? "multiply" : "sum";
    }

    private Object number() {
        return switch (recipe) {
            case INTEGERS -> 2L;
            case BOOLEANS -> true;
            case COMPLEX -> new Complex(0.5, -1.25);
            default -> 0.75;
        };
    }

    private Object list(String type, String name, int size) {
        if (type.equals("bool")) {
            boolean[] all = new boolean[size];
            Arrays.fill(all, true);
            return all;
        }
        if (type.equals("str")) {
            return new String[] {"columns"};
        }
        return integerList(name, size);
    }

    private long[] integerList(String name, int size) {
        long[] shape = recipe == Recipe.SCALARS ? Recipe.MATRICES.shape() : shape();
        switch (name) {
            case "size", "sizes", "input_sizes", "self_size", "input_size", "shape":
                return size == 0 || size >= shape.length
                        ? shape
                        : Arrays.copyOfRange(shape, shape.length - size, shape.length);
            case "stride":
                if (size == 0 && recipe != Recipe.IMAGES) {
                    return contiguousStrides(shape);
                }
                return filled(size == 0 ? rank : size, 1);
            case "split_sizes":
                return new long[] {1, shape[0] - 1};
            case "dims":
                return size == 0 && schema.name().contains("permute")
                        ? reversed(shape.length)
                        : upTo(size == 0 ? 2 : size);
            case "dim":
                return size == 1 ? new long[] {shape.length - 1} : upTo(size == 0 ? Math.min(2, shape.length) : size);
            case "normalized_shape":
                return new long[] {shape[shape.length - 1]};
            case "pad", "padding":
                return filled(name.equals("pad") ? 2 * rank : size == 0 ? rank : size, 1);
            case "kernel_size", "block_size", "blocksize":
                return filled(size == 0 ? rank : size, 2);
            case "output_size":
                return filled(size == 0 ? rank : size, 3);
            case "output_padding":
                return filled(size == 0 ? rank : size, 0);
            case "dilation", "shifts":
                return filled(size == 0 ? rank : size, 1);
            case "repeats":
                return filled(shape.length, 2);
            default:
                return size == 0 ? upTo(2) : filled(size, 1);
        }
    }

    private static long[] contiguousStrides(long[] shape) {
        long[] strides = new long[shape.length];
        long next = 1;
        for (int i = shape.length - 1; i >= 0; i--) {
            strides[i] = next;
            next *= shape[i];
        }
        return strides;
    }

    private static long[] filled(int size, long value) {
        long[] list = new long[size];
        Arrays.fill(list, value);
        return list;
    }

    private static double[] doubles(int size, double value) {
        double[] list = new double[size];
        Arrays.fill(list, value);
        return list;
    }

    private static long[] upTo(int size) {
        long[] list = new long[size];
        Arrays.setAll(list, i -> i);
        return list;
    }

    private static long[] reversed(int size) {
        long[] list = new long[size];
        Arrays.setAll(list, i -> size - 1 - i);
        return list;
    }

    // ---- tensors

    private long[] shape() {
        if (recipe != Recipe.IMAGES && recipe != Recipe.QUANTIZED) {
            return recipe.shape();
        }
        return spatial(1, 4, 6);
    }

    private Tensor tensor(Schema.Argument argument, int position) {
        String name = argument.name();
        if (schema.isOutVariant() && argument.mutated() && argument.keywordOnly()) {
            return torch.empty(new long[] {0}, new TensorOptions(outType(name)), null);
        }
        if (name.equals("state_steps") || name.equals("found_inf")) {
            return Recipe.floats(position);
        }
        if (recipe.isFloating()) {
            Tensor special = integersOrTruths(name, position);
            if (special != null) {
                return special;
            }
        }
        if (name.matches(
                "scales?|zero_points?|min_val|max_val|fake_quant_on|observer_on|scalar|value|lr|grad_scale|tol")) {
            return quantizationParameter(name, position);
        }
        Tensor tensor = recipe.tensor(position, shape(name));
        return recipe == Recipe.NAMED && tensor.dim() == 2 ? named(tensor) : tensor;
    }

    /** What operators on floating-point numbers take besides them, or null if {@code name} is nothing of the kind. */
    private Tensor integersOrTruths(String name, int position) {
        if (name.equals("offsets")) {
            return torch.tensor(0, 1, 2).to(ScalarType.Long);
        }
        if (name.matches("target|targets|labels")
                && schema.name().matches(".*(nll_loss|multi|ctc|cross_entropy_loss).*")) {
            return Recipe.integers(position, targetShape());
        }
        if (name.matches(".*(indices|index|lengths|batch_sizes|sorter).*")) {
            return Recipe.integers(position, indexShape());
        }
        if (name.matches("(LU_)?pivots")) {
            return torch.tensor(1, 2, 3, 4).to(ScalarType.Int);
        }
        return name.matches(".*(mask|condition).*")
                ? Recipe.integers(position, shape()).gt(new Scalar(1))
                : null;
    }

    private Tensor quantizationParameter(String name, int position) {
        boolean perChannel = schema.name().contains("per_channel");
        long[] shape = perChannel ? new long[] {recipe.shape().length == 0 ? 1 : shape()[0]} : new long[0];
        if (!name.startsWith("zero_point") && !name.endsWith("_on")) {
            return Recipe.floats(position, shape);
        }
        Tensor whole = Recipe.integers(position, shape);
        return schema.name().startsWith("fake_quantize") ? whole.to(ScalarType.Int) : whole;
    }

    private ScalarType outType(String name) {
        if (name.matches(".*indices|max_values")) {
            return ScalarType.Long;
        }
        if (name.matches("infos?|pivots")) {
            return ScalarType.Int;
        }
        if (schema.name().equals("isin")) {
            return ScalarType.Bool;
        }
        return recipe == Recipe.QUANTIZED ? ScalarType.Float : recipe.type();
    }

    private long[] targetShape() {
        return schema.name().contains("nll_loss2d") ? new long[] {1, 6, 6} : new long[] {4};
    }

    private long[] indexShape() {
        boolean one = schema.name()
                .matches("_?index_(select|add|copy|fill|reduce)_?|take|put_?|_?embedding.*|repeat_interleave");
        return one ? new long[] {4} : recipe.shape();
    }

    private long[] shape(String name) {
        boolean normalizes = schema.name().contains("norm");
        boolean vector = name.matches("vec\\d?|tau")
                || name.equals("src") && schema.name().matches("(select|diagonal)_scatter")
                || name.equals("self") && schema.name().startsWith("addmv");
        if (vector) {
            return new long[] {4};
        }
        if (name.equals("self") && schema.name().startsWith("addbmm")) {
            return new long[] {4, 4};
        }
        if (name.equals("values") && schema.name().contains("index_put")) {
            return new long[] {4, 3};
        }
        if (schema.name().contains("weight_norm") && name.matches("g|norms|saved_g|saved_norms")) {
            long[] one = filled(shape().length, 1);
            if (one.length > 0) {
                one[0] = shape()[0];
            }
            return one;
        }
        if (recipe != Recipe.IMAGES) {
            return shape();
        }
        if (name.matches("bias|running_mean|running_var|save_mean|save_var|save_invstd|mean|invstd|var|.*_mean|.*_var")
                || name.equals("weight") && normalizes) {
            return new long[] {normalizes && schema.name().contains("layer") ? 6 : 4};
        }
        return switch (name) {
            case "weight" -> spatial(4, 4, schema.name().contains("mkldnn") ? 3 : 2);
            case "grid" -> gridShape();
            case "theta" -> new long[] {1, rank, rank + 1};
            case "grad_output" -> spatial(1, 4, sizeOfGradient());
            default -> shape();
        };
    }

    /** The size of an image that an operator makes of one of size 6, with this class's kernels and paddings. */
    private int sizeOfGradient() {
        String name = schema.name();
        if (name.matches(".*(upsample|adaptive).*")) {
            return 3;
        }
        if (name.matches(".*(avg_pool|max_pool|conv).*")) {
            return 7;
        }
        return name.matches(".*_pad\\dd.*") ? 8 : 6;
    }

    private long[] gridShape() {
        long[] grid = spatial(1, 6, 6);
        grid[grid.length - 1] = rank;
        return grid;
    }

    private long[] spatial(int first, int second, int size) {
        long[] shape = filled(2 + rank, size);
        shape[0] = first;
        shape[1] = second;
        return shape;
    }

    private static Tensor named(Tensor tensor) {
        long handle = NativeOperators.refine_names(tensor.address(), new String[] {"rows", "columns"});
        Tensor named = Presets.tensor(handle);
        NativeTensor.delete(handle);
        return named;
    }
}
