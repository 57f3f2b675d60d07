package org.torchbridge.onnx.importer;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.FileFormatException;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Value;

/**
 * What is known of an operator's result before anything runs: the element type, and as much of the shape as follows from the
 * arguments. For the operators that rules use most; of others nothing is known.
 */
final class ResultTypes {
    private static final Map<String, Function<Args, Type.OfTensor>> RULES = new HashMap<>();

    /** Operators whose second result are indices. */
    private static final Set<String> INDEXED = Set.of(
            "aten::sort",
            "aten::topk",
            "aten::max",
            "aten::min",
            "aten::max_pool1d_with_indices",
            "aten::max_pool2d_with_indices",
            "aten::max_pool3d_with_indices");

    /** An operator's arguments: values and Java's own. */
    private record Args(List<@Nullable Object> all) {
        @Nullable
        Object get(int i) {
            return i < all.size() ? all.get(i) : null;
        }

        Type.OfTensor tensor(int i) {
            return typeOf(get(i)) instanceof Type.OfTensor tensor ? tensor : Type.TENSOR;
        }

        @Nullable
        Long number(int i) {
            return get(i) instanceof Long number ? number : get(i) instanceof Integer n ? Long.valueOf(n) : null;
        }

        boolean flag(int i) {
            return Boolean.TRUE.equals(get(i));
        }

        /** The sizes of a list of integers, null where unknown; null if even their number is. */
        @Nullable
        List<@Nullable Long> sizes(int i) {
            Object list = get(i);
            if (list instanceof long[] longs) {
                List<@Nullable Long> sizes = new ArrayList<>();
                for (long size : longs) {
                    sizes.add(size);
                }
                return sizes;
            }
            if (list instanceof List<?> elements) {
                List<@Nullable Long> sizes = new ArrayList<>();
                elements.forEach(each -> sizes.add(each instanceof Long size ? size : null));
                return sizes;
            }
            if (list instanceof Value value && value.producer().is("prim::ListConstruct")) {
                List<@Nullable Long> sizes = new ArrayList<>();
                value.producer().inputs().forEach(each -> sizes.add(constant(each)));
                return sizes;
            }
            return null;
        }
    }

    private ResultTypes() {}

    /** Notes what is known of an operator's results. */
    static void refine(String kind, List<@Nullable Object> arguments, List<Value> results) {
        Function<Args, Type.OfTensor> rule =
                RULES.get(kind.endsWith("_") ? kind.substring(0, kind.length() - 1) : kind);
        if (rule == null || results.isEmpty() || !isUnknown(results.get(0))) {
            return;
        }
        Type.OfTensor first = rule.apply(new Args(arguments));
        results.get(0).setType(first);
        if (INDEXED.contains(kind) && results.size() > 1) {
            results.get(1).setType(as(DType.INT64, first));
        }
    }

    private static boolean isUnknown(Value value) {
        return value.type() instanceof Type.OfTensor tensor && tensor.dtype() == null && tensor.shape() == null;
    }

    /** The type of the Java value, or value, that is an argument. */
    static Type typeOf(@Nullable Object argument) {
        if (argument instanceof Value value) {
            return value.type();
        }
        if (argument instanceof Tensor tensor) {
            return Type.of(tensor);
        }
        if (argument instanceof Long || argument instanceof Integer) {
            return Type.INT;
        }
        if (argument instanceof Double) {
            return Type.FLOAT;
        }
        if (argument instanceof Boolean) {
            return Type.BOOL;
        }
        if (argument instanceof String) {
            return Type.STRING;
        }
        if (argument instanceof long[]) {
            return Type.INTS;
        }
        if (argument instanceof List<?> list) {
            return new Type.OfList(list.isEmpty() ? Type.INT : typeOf(list.get(0)));
        }
        return Type.NONE;
    }

    /** The number that a constant is; null if it is none, or not known. */
    static @Nullable Long constant(Value value) {
        return value.producer().is("prim::Constant") && value.producer().attribute("value") instanceof Long number
                ? number
                : null;
    }

    private static boolean isTensor(@Nullable Object argument) {
        return typeOf(argument) instanceof Type.OfTensor;
    }

    // ---- tensors

    private static Type.OfTensor same(Args args) {
        return args.tensor(0);
    }

    private static Type.OfTensor shapeless(Args args) {
        Type.OfTensor first = args.tensor(0);
        return first.rank() < 0 ? first : Type.tensor(first.dtype(), first.rank());
    }

    private static Type.OfTensor unknownShape(Args args) {
        return new Type.OfTensor(args.tensor(0).dtype(), null);
    }

    private static Type.OfTensor as(@Nullable DType dtype, Type.OfTensor type) {
        return new Type.OfTensor(dtype, type.shape());
    }

    private static Type.OfTensor broadcast(Args args) {
        List<Type.OfTensor> tensors = args.all().stream()
                .map(ResultTypes::typeOf)
                .filter(Type.OfTensor.class::isInstance)
                .map(Type.OfTensor.class::cast)
                .toList();
        DType dtype = tensors.get(0).dtype();
        for (Type.OfTensor tensor : tensors) {
            dtype = promoted(dtype, tensor.dtype());
        }
        return new Type.OfTensor(dtype, broadcastShape(tensors));
    }

    private static @Nullable DType promoted(@Nullable DType a, @Nullable DType b) {
        return a == b || a == null || b == null ? (a == null ? b : a) : Torch.promoteTypes(a, b);
    }

    private static @Nullable List<@Nullable Long> broadcastShape(List<Type.OfTensor> tensors) {
        int rank = 0;
        for (Type.OfTensor tensor : tensors) {
            if (tensor.shape() == null) {
                return null;
            }
            rank = Math.max(rank, tensor.rank());
        }
        List<@Nullable Long> shape = new ArrayList<>(Collections.nCopies(rank, 1L));
        for (Type.OfTensor tensor : tensors) {
            for (int i = 0; i < tensor.rank(); i++) {
                int at = rank - tensor.rank() + i;
                Long size = tensor.shape().get(i);
                Long before = shape.get(at);
                boolean decided = before != null && before != 1;
                shape.set(at, Objects.equals(size, 1L) || decided ? before : size);
            }
        }
        return shape;
    }

    private static Type.OfTensor reduced(Args args, @Nullable DType dtype) {
        Type.OfTensor input = args.tensor(0);
        List<@Nullable Long> dims = args.get(1) instanceof Long dim ? List.of(dim) : args.sizes(1);
        boolean keep = args.flag(2);
        if (args.all().size() == 1) {
            return new Type.OfTensor(dtype, List.of());
        }
        if (input.shape() == null || dims == null && args.get(1) != null) {
            return new Type.OfTensor(dtype, null);
        }
        List<@Nullable Long> shape = new ArrayList<>();
        for (int i = 0; i < input.rank(); i++) {
            boolean gone =
                    dims == null || dims.isEmpty() || dims.contains((long) i) || dims.contains((long) i - input.rank());
            if (!gone) {
                shape.add(input.shape().get(i));
            } else if (keep) {
                shape.add(1L);
            }
        }
        return new Type.OfTensor(dtype, shape);
    }

    private static @Nullable DType sumType(Args args) {
        DType dtype = args.tensor(0).dtype();
        return dtype != null && (dtype.isInteger() || dtype == DType.BOOL) ? DType.INT64 : dtype;
    }

    private static Type.OfTensor sized(@Nullable DType dtype, @Nullable List<@Nullable Long> sizes) {
        if (sizes == null) {
            return new Type.OfTensor(dtype, null);
        }
        sizes.replaceAll(size -> size == null || size < 0 ? null : size);
        return new Type.OfTensor(dtype, sizes);
    }

    private static Type.OfTensor resized(Args args, int change) {
        Type.OfTensor input = args.tensor(0);
        return input.rank() < 0 ? input : Type.tensor(input.dtype(), input.rank() + change);
    }

    private static Type.OfTensor unsqueezed(Args args) {
        Type.OfTensor input = args.tensor(0);
        Long dim = args.number(1);
        if (input.shape() == null || dim == null) {
            return resized(args, 1);
        }
        List<@Nullable Long> shape = new ArrayList<>(input.shape());
        shape.add(place(dim, shape.size() + 1), 1L);
        return new Type.OfTensor(input.dtype(), shape);
    }

    private static int place(long dim, int rank) {
        if (dim < -rank || dim >= rank) {
            throw new FileFormatException("uses dimension " + dim + " of a tensor of " + rank);
        }
        return (int) (dim < 0 ? dim + rank : dim);
    }

    private static Type.OfTensor without(Args args, boolean onlyOnes) {
        Type.OfTensor input = args.tensor(0);
        Long dim = args.number(1);
        if (input.shape() == null || dim == null) {
            return unknownShape(args);
        }
        List<@Nullable Long> shape = new ArrayList<>(input.shape());
        if (onlyOnes && shape.isEmpty()) {
            return input;
        }
        int at = place(dim, shape.size());
        if (onlyOnes && !Objects.equals(shape.get(at), 1L)) {
            return shape.get(at) == null ? unknownShape(args) : input;
        }
        shape.remove(at);
        return new Type.OfTensor(input.dtype(), shape);
    }

    private static Type.OfTensor permuted(Args args) {
        Type.OfTensor input = args.tensor(0);
        List<@Nullable Long> order = args.sizes(1);
        if (order == null) {
            return unknownShape(args);
        }
        List<@Nullable Long> shape = new ArrayList<>();
        for (Long axis : order) {
            boolean known = input.shape() != null && axis != null && axis >= 0;
            shape.add(known ? input.shape().get(place(axis, input.rank())) : null);
        }
        return new Type.OfTensor(input.dtype(), shape);
    }

    private static Type.OfTensor transposed(Args args) {
        Type.OfTensor input = args.tensor(0);
        Long first = args.number(1);
        Long second = args.number(2);
        if (input.shape() == null || first == null || second == null) {
            return shapeless(args);
        }
        List<@Nullable Long> shape = new ArrayList<>(input.shape());
        Collections.swap(shape, place(first, input.rank()), place(second, input.rank()));
        return new Type.OfTensor(input.dtype(), shape);
    }

    /** Sizes of the other dimensions stay; that of the slice is known where it is of one element. */
    private static Type.OfTensor sliced(Args args) {
        Type.OfTensor input = args.tensor(0);
        Long dim = args.number(1);
        if (input.shape() == null || dim == null) {
            return shapeless(args);
        }
        List<@Nullable Long> shape = new ArrayList<>(input.shape());
        int at = place(dim, input.rank());
        Long size = shape.get(at);
        Long start = args.number(2);
        Long end = args.number(3);
        boolean isOne = size != null && start != null && start >= 0 && start < size && Objects.equals(end, start + 1);
        shape.set(at, isOne ? 1L : null);
        return new Type.OfTensor(input.dtype(), shape);
    }

    private static Type.OfTensor flattened(Args args) {
        Type.OfTensor input = args.tensor(0);
        Long from = args.number(1);
        Long to = args.number(2);
        if (input.rank() < 0 || from == null || to == null) {
            return unknownShape(args);
        }
        long rank = Math.max(1, input.rank());
        long first = from < 0 ? from + rank : from;
        long last = to < 0 ? to + rank : to;
        return Type.tensor(input.dtype(), (int) (rank - (last - first)));
    }

    private static Type.OfTensor matrixProduct(Args args) {
        Type.OfTensor a = args.tensor(0);
        Type.OfTensor b = args.tensor(1);
        DType dtype = promoted(a.dtype(), b.dtype());
        if (a.rank() < 0 || b.rank() < 0) {
            return new Type.OfTensor(dtype, null);
        }
        int matrices = Math.max(2, Math.max(a.rank(), b.rank()));
        return Type.tensor(dtype, matrices - (a.rank() == 1 ? 1 : 0) - (b.rank() == 1 ? 1 : 0));
    }

    private static Type.OfTensor firstOfList(Args args, int change) {
        Object list = args.get(0);
        Object first = list instanceof List<?> elements && !elements.isEmpty()
                ? elements.get(0)
                : list instanceof Value value
                                && value.producer().is("prim::ListConstruct")
                                && !value.producer().inputs().isEmpty()
                        ? value.producer().input(0)
                        : null;
        return typeOf(first) instanceof Type.OfTensor tensor ? resized(new Args(List.of(first)), change) : Type.TENSOR;
    }

    private static Type.OfTensor convolved(Args args) {
        Type.OfTensor input = args.tensor(0);
        Type.OfTensor weight = args.tensor(1);
        int rank = input.rank() < 0 ? weight.rank() : input.rank();
        return rank < 0 ? new Type.OfTensor(input.dtype(), null) : Type.tensor(input.dtype(), rank);
    }

    private static Type.OfTensor indexed(Args args) {
        Type.OfTensor input = args.tensor(0);
        Type.OfTensor index = args.tensor(2);
        return input.rank() < 0
                ? input
                : Type.tensor(input.dtype(), index.rank() == 0 && input.rank() == 0 ? 0 : input.rank());
    }

    private static Type.OfTensor cast(Args args) {
        for (int i = 1; i < args.all().size(); i++) {
            if (args.get(i) instanceof DType dtype) {
                return as(dtype, args.tensor(0));
            }
        }
        for (int i = 1; i < args.all().size(); i++) {
            if (isTensor(args.get(i))) {
                return as(args.tensor(i).dtype(), args.tensor(0));
            }
        }
        return as(null, args.tensor(0));
    }

    private static Type.OfTensor made(Args args, int dtypeAt, DType otherwise) {
        return sized(args.get(dtypeAt) instanceof DType dtype ? dtype : otherwise, args.sizes(0));
    }

    private static void put(Function<Args, Type.OfTensor> rule, String names) {
        for (String name : names.split("\\s+")) {
            RULES.put("aten::" + name, rule);
        }
    }

    static {
        put(
                ResultTypes::same,
                """
                abs acos acosh asin asinh atan atanh bitwise_not ceil celu clamp clamp_max clamp_min contiguous
                clone cos cosh cumsum cumprod detach digamma dropout elu erf erfc exp expm1 fill flip floor frac
                gelu hardshrink hardsigmoid hardswish hardtanh instance_norm group_norm layer_norm leaky_relu
                lgamma log log10 log1p log2 log_sigmoid log_softmax masked_fill mish nan_to_num
                native_layer_norm neg positive prelu reciprocal relu relu6 rms_norm roll round rrelu rsqrt selu
                sigmoid sign silu sin sinh softmax softplus softshrink softsign sqrt square tan tanh threshold
                tril triu trunc zeros_like ones_like full_like empty_like index_put scatter scatter_add
                scatter_reduce index_add batch_norm sort local_response_norm""");
        put(
                ResultTypes::broadcast,
                """
                add sub mul div pow remainder fmod maximum minimum atan2 bitwise_and bitwise_or bitwise_xor
                bitwise_left_shift bitwise_right_shift floor_divide lerp addcmul rsub""");
        put(args -> as(promoted(args.tensor(1).dtype(), args.tensor(2).dtype()), broadcast(args)), "where");
        put(args -> as(DType.BOOL, broadcast(args)), "eq ne lt le gt ge logical_and logical_or logical_xor");
        put(args -> as(DType.BOOL, same(args)), "logical_not isnan isinf isfinite isneginf isposinf");
        put(
                ResultTypes::shapeless,
                """
                avg_pool1d avg_pool2d avg_pool3d max_pool1d max_pool2d max_pool3d adaptive_avg_pool1d
                adaptive_avg_pool2d adaptive_avg_pool3d adaptive_max_pool1d max_pool1d_with_indices
                max_pool2d_with_indices max_pool3d_with_indices pad constant_pad_nd repeat_interleave
                narrow upsample_nearest1d upsample_nearest2d upsample_nearest3d grid_sampler topk
                gather take_along_dim pixel_shuffle pixel_unshuffle""");
        put(ResultTypes::unknownShape, "expand_as einsum index masked_select unfold tile repeat t numpy_T");
        put(
                ResultTypes::convolved,
                """
                conv1d conv2d conv3d conv_transpose1d conv_transpose2d conv_transpose3d convolution _convolution""");
        put(args -> reduced(args, sumType(args)), "sum prod");
        put(args -> reduced(args, args.tensor(0).dtype()), "mean amax amin logsumexp max min norm linalg_vector_norm");
        put(args -> reduced(args, DType.INT64), "argmax argmin");
        put(args -> reduced(args, DType.BOOL), "any all");
        put(ResultTypes::cast, "to type_as _cast_Float");
        put(args -> sized(args.tensor(0).dtype(), args.sizes(1)), "reshape view expand");
        put(args -> as(args.tensor(0).dtype(), args.tensor(1)), "view_as reshape_as");
        put(ResultTypes::unsqueezed, "unsqueeze");
        put(args -> without(args, true), "squeeze");
        put(args -> without(args, false), "select");
        put(ResultTypes::permuted, "permute");
        put(ResultTypes::transposed, "transpose");
        put(ResultTypes::sliced, "slice");
        put(ResultTypes::flattened, "flatten");
        put(ResultTypes::matrixProduct, "matmul mm bmm mv dot");
        put(args -> Type.tensor(args.tensor(0).dtype(), 2), "addmm");
        put(ResultTypes::shapeless, "linear");
        put(args -> firstOfList(args, 0), "cat concat");
        put(args -> firstOfList(args, 1), "stack");
        put(ResultTypes::indexed, "index_select");
        put(
                args -> {
                    Type.OfTensor table = args.tensor(0);
                    Type.OfTensor index = args.tensor(1);
                    return index.rank() < 0 ? unknownShape(args) : Type.tensor(table.dtype(), index.rank() + 1);
                },
                "embedding");
        put(args -> made(args, 1, DType.FLOAT32), "zeros ones empty rand randn");
        put(args -> made(args, 2, DType.FLOAT32), "full");
        put(args -> Type.tensor(DType.INT64, 1), "_shape_as_tensor");
        put(args -> Type.tensor(DType.INT64, 2), "nonzero");
        put(
                args -> new Type.OfTensor(
                        args.get(1) instanceof DType dtype ? dtype : null,
                        args.sizes(0) == null ? null : Type.tensor(null, 1).shape()),
                "tensor");
    }
}
