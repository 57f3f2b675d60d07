package org.torchbridge.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.Device;
import org.torchbridge.GradMode;
import org.torchbridge.Scope;
import org.torchbridge.StateDict;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.TorchException;
import org.torchbridge.internal.NativeTensor;
import org.torchbridge.io.FileKind;
import org.torchbridge.io.NumpyWriter;
import org.torchbridge.io.SafetensorsWriter;
import org.torchbridge.io.SavedFile;
import org.torchbridge.io.ShardedWriter;
import org.torchbridge.jit.ScriptModule;
import org.torchbridge.onnx.OnnxModel;
import org.torchbridge.onnx.OnnxOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Weights from one kind of file into another, ONNX models into TorchScript, and programs into ONNX models. */
@Command(
        name = "convert",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Writes the weights of one file into another: torch.save's, safetensors, several safetensors files with an"
                    + " index, NumPy's. Of several files, IN and OUT are the index.",
            "An ONNX model becomes a TorchScript program, if OUT ends with .pt or --to says so, which trains; a TorchScript"
                    + " program, or an ONNX model once more, becomes an ONNX model for inference if OUT ends with .onnx. Else"
                    + " their weights are taken.",
            "OUT appears when it is complete, and is not replaced unless --force says so."
        })
final class ConvertCommand implements Callable<Integer> {
    private static final String SAFETENSORS = ".safetensors";
    private static final String BIN = ".bin";
    private static final String INDEX = ".index.json";
    private static final String LARGE_WEIGHTS = ".data";
    private static final long DEFAULT_SHARD_BYTES = 5_000_000_000L;
    private static final Map<String, String> FORMAT = Map.of("format", "pt");

    @Parameters(index = "0", paramLabel = "IN", description = "A file that inspect knows.")
    private Path in;

    @Parameters(
            index = "1",
            paramLabel = "OUT",
            description = "The new file; its kind is told by its name: .pth, .pt, .bin, .safetensors, .npz, .npy,"
                    + " .safetensors.index.json, .bin.index.json, .onnx.")
    private Path out;

    @Option(
            names = "--to",
            paramLabel = "KIND",
            description = "Another kind than the name says: ${COMPLETION-CANDIDATES}.")
    private @Nullable FileTarget to;

    @Option(
            names = "--key",
            paramLabel = "KEY",
            description = "The part of a checkpoint to take, such as model. Given again, the part of that part.")
    private List<String> keys = List.of();

    @Option(
            names = "--dtype",
            paramLabel = "TYPE",
            converter = FloatType.class,
            description = "The type of all floating-point tensors: float16, bfloat16, float32 and so on.")
    private @Nullable DType dtype;

    @Option(
            names = "--rename",
            paramLabel = "REGEX=NEW",
            converter = Renaming.Converter.class,
            description =
                    "Other names: what matches becomes NEW, in which $1 is a group. Given again, one after another.")
    private List<Renaming> renamings = List.of();

    @Option(
            names = "--max-shard-size",
            paramLabel = "SIZE",
            converter = ByteCount.Converter.class,
            description = "Up to this into each of several files, such as 2GB (default for .index.json: 5GB).")
    private @Nullable ByteCount maxShardSize;

    @Option(names = "--inference", description = "A program that is as fast as it can be, and does not train.")
    private boolean inference;

    @Mixin
    private OnnxArguments onnx;

    @Option(names = "--force", description = "Replace what is there.")
    private boolean force;

    @Spec
    private CommandSpec spec;

    /** A type with a floating point. */
    static final class FloatType implements ITypeConverter<DType> {
        @Override
        public DType convert(String name) {
            return Arrays.stream(DType.values())
                    .filter(type -> type.isFloatingPoint() && type.pythonName().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new TypeConversionException(
                            "'" + name + "' is no floating-point type such as float16, bfloat16 or float32"));
        }
    }

    @Override
    public Integer call() {
        FileTarget target = target();
        requireFree(target);
        try (Scope scope = Scope.open();
                GradMode mode = Torch.noGrad()) {
            switch (target) {
                case TORCHSCRIPT -> say(writeProgram());
                case ONNX -> writeModel();
                default -> say(writeWeights(target));
            }
        }
        return 0;
    }

    private void say(Path written) {
        spec.commandLine().getOut().println("wrote " + written);
    }

    // ---- what was asked for

    private FileTarget target() {
        FileTarget target = to != null ? to : FileTarget.of(out, FileKind.of(in));
        if (target == null) {
            throw misuse("the kind of " + out + " is not told by its name, which should end with one of "
                    + FileTarget.allEndings() + "; or say --to");
        }
        if (maxShardSize != null && target == FileTarget.SAFETENSORS) {
            target = FileTarget.SHARDED;
        }
        if (maxShardSize != null && target != FileTarget.SHARDED) {
            throw misuse("--max-shard-size is for several files with an index");
        }
        if (target == FileTarget.SHARDED
                && !whole().toString().endsWith(SAFETENSORS)
                && !whole().toString().endsWith(BIN)) {
            throw misuse("several files are named after " + out + ", which should end with " + SAFETENSORS + " or "
                    + BIN + ", and " + INDEX + " if you like");
        }
        if ((target == FileTarget.TORCHSCRIPT || target == FileTarget.ONNX)
                && (dtype != null || !renamings.isEmpty() || !keys.isEmpty())) {
            throw misuse("--dtype, --rename and --key are for weights, not for programs");
        }
        if (target != FileTarget.ONNX && onnx.areGiven()) {
            throw misuse("--input, --dynamic, --opset and --verify are for ONNX models: OUT should end with .onnx");
        }
        if (target != FileTarget.TORCHSCRIPT && inference) {
            throw misuse("--inference is for programs: OUT should end with .pt, and IN be an ONNX model");
        }
        return target;
    }

    /** The name that a single file would have. */
    private Path whole() {
        String name = out.getFileName().toString();
        return name.endsWith(INDEX) ? out.resolveSibling(name.substring(0, name.length() - INDEX.length())) : out;
    }

    private void requireFree(FileTarget target) {
        List<Path> files = new ArrayList<>(List.of(out));
        if (target == FileTarget.SHARDED) {
            files.add(whole());
            files.add(whole().resolveSibling(whole().getFileName() + INDEX));
        } else if (target == FileTarget.ONNX) {
            files.add(out.resolveSibling(out.getFileName() + LARGE_WEIGHTS));
        }
        for (Path file : files) {
            if (Files.exists(file) && !force) {
                throw new TorchException(file + " is there already; --force replaces it");
            }
        }
        Path folder = out.toAbsolutePath().getParent();
        if (!Files.isDirectory(folder)) {
            throw new TorchException("there is no folder " + folder);
        }
    }

    private ParameterException misuse(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    // ---- what is taken

    private @Nullable Object part(SavedFile saved) {
        Object part = whole(saved);
        for (String key : keys) {
            if (!(part instanceof Map<?, ?> map) || !map.containsKey(key)) {
                String there = part instanceof Map<?, ?> map
                        ? "only "
                                + map.keySet().stream()
                                        .limit(10)
                                        .map(String::valueOf)
                                        .toList()
                        : ValueTree.describe(part);
                throw new TorchException("there is no '" + key + "' in " + in + ", but " + there);
            }
            part = map.get(key);
        }
        return part;
    }

    private @Nullable Object whole(SavedFile saved) {
        if (saved instanceof SavedFile.OfTorchScript) {
            return ScriptModule.load(in, Device.CPU).stateDict();
        }
        return saved instanceof SavedFile.OfOnnx ? OnnxModel.load(in).toModule().stateDict() : saved.value();
    }

    private StateDict tensors(@Nullable Object value) {
        StateDict tensors = new StateDict();
        if (value instanceof Tensor tensor) {
            tensors.put(keys.isEmpty() ? "" : keys.get(keys.size() - 1), tensor);
        } else if (isStateDict(value)) {
            Map<?, ?> map = (Map<?, ?>) value;
            map.forEach((key, tensor) -> tensors.put((String) key, (Tensor) tensor));
            if (map instanceof StateDict state) {
                tensors.metadata().putAll(state.metadata());
            }
        } else {
            throw new TorchException(in + " holds a " + ValueTree.describe(value) + ", not tensors by their names"
                    + (value instanceof Map<?, ?> map ? ": take a part of it with --key: " + tensorParts(map) : ""));
        }
        return tensors;
    }

    private static boolean isStateDict(@Nullable Object value) {
        return value instanceof Map<?, ?> map
                && map.entrySet().stream()
                        .allMatch(item -> item.getKey() instanceof String && item.getValue() instanceof Tensor);
    }

    /** Where a state dict may be, for those who have to choose. */
    private static String tensorParts(Map<?, ?> map) {
        List<String> parts = map.entrySet().stream()
                .filter(item -> item.getValue() instanceof Map)
                .map(item -> String.valueOf(item.getKey()))
                .toList();
        return parts.isEmpty() ? "it has none with tensors" : String.join(", ", parts);
    }

    private static Map<String, String> metadata(SavedFile saved) {
        return saved instanceof SavedFile.OfSafetensors tensors
                        && !tensors.metadata().isEmpty()
                ? tensors.metadata()
                : FORMAT;
    }

    // ---- what becomes of it

    private StateDict converted(StateDict tensors) {
        StateDict converted = new StateDict();
        Map<String, String> origins = new HashMap<>();
        Map<Place, Tensor> made = new HashMap<>();
        tensors.forEach((key, tensor) -> {
            String name = renamed(key);
            String other = origins.put(name, key);
            if (other != null) {
                throw new TorchException("--rename makes '" + name + "' of both '" + other + "' and '" + key + "'");
            }
            converted.put(
                    name,
                    dtype != null && tensor.isFloatingPoint()
                            ? made.computeIfAbsent(Place.of(tensor), unused -> cast(tensor))
                            : tensor);
        });
        tensors.metadata().forEach((prefix, values) -> converted.metadata().putIfAbsent(renamedPrefix(prefix), values));
        return converted;
    }

    /** Tied tensors stay tied: what lies at the same place is converted once. */
    private record Place(long address, List<Long> shape, List<Long> strides) {
        static Place of(Tensor tensor) {
            return new Place(
                    NativeTensor.dataAddress(tensor.handle()),
                    Arrays.stream(tensor.shape()).boxed().toList(),
                    Arrays.stream(tensor.strides()).boxed().toList());
        }
    }

    private Tensor cast(Tensor tensor) {
        return tensor.detach().to(dtype).requiresGrad(tensor.requiresGrad());
    }

    private String renamed(String name) {
        String result = name;
        for (Renaming renaming : renamings) {
            result = renaming.apply(result);
        }
        return result;
    }

    /** The name of a module, of which the names of its tensors begin. */
    private String renamedPrefix(String prefix) {
        String dotted = prefix.isEmpty() ? "" : renamed(prefix + ".");
        return dotted.endsWith(".") ? dotted.substring(0, dotted.length() - 1) : dotted;
    }

    // ---- where it goes

    private Path writeProgram() {
        FileKind kind = FileKind.of(in);
        if (kind != FileKind.ONNX) {
            throw new TorchException(
                    in + " is " + kind.description() + "; an ONNX model becomes a TorchScript program");
        }
        OnnxOptions options = inference ? OnnxOptions.inference() : OnnxOptions.options();
        OnnxModel.load(in).toModule(options).save(out);
        return out;
    }

    private void writeModel() {
        FileKind kind = FileKind.of(in);
        if (kind != FileKind.ONNX && kind != FileKind.TORCHSCRIPT) {
            throw new TorchException(in + " is " + kind.description()
                    + "; a TorchScript program or an ONNX model becomes an ONNX model");
        }
        onnx.write(in, out, spec.commandLine().getOut());
    }

    private Path writeWeights(FileTarget target) {
        SavedFile saved = Torch.load(in);
        Object value = part(saved);
        boolean asItIs = target == FileTarget.PTH && dtype == null && renamings.isEmpty();
        return asItIs && !isStateDict(value)
                ? writeValue(value)
                : write(converted(tensors(value)), metadata(saved), target);
    }

    private Path writeValue(@Nullable Object value) {
        Torch.save(value, out);
        return out;
    }

    private Path write(StateDict tensors, Map<String, String> metadata, FileTarget target) {
        switch (target) {
            case PTH -> Torch.save(tensors, out);
            case SAFETENSORS -> SafetensorsWriter.write(tensors, metadata, out);
            case NPZ -> NumpyWriter.write(tensors, out);
            case NPY -> NumpyWriter.write(only(tensors), out);
            case SHARDED -> {
                long maxBytes = maxShardSize == null ? DEFAULT_SHARD_BYTES : maxShardSize.bytes();
                return ShardedWriter.write(tensors, metadata, whole(), maxBytes);
            }
            case TORCHSCRIPT, ONNX -> throw new AssertionError("weights are no program");
        }
        return out;
    }

    private Tensor only(StateDict tensors) {
        if (tensors.size() != 1) {
            throw new TorchException(in + " holds " + tensors.size() + " tensors, and a .npy file has one; write a .npz"
                    + " file, or choose one with --key");
        }
        return tensors.values().iterator().next();
    }
}
