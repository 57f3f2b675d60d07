package org.torchbridge.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.TorchException;
import org.torchbridge.io.FileKind;
import org.torchbridge.io.PythonTuple;
import org.torchbridge.jit.ScriptModule;
import org.torchbridge.onnx.OnnxModel;
import org.torchbridge.onnx.OnnxOptions;
import org.torchbridge.onnx.OnnxType;
import org.torchbridge.onnx.ValueInfo;

/**
 * A model in a file, of TorchScript or ONNX, that runs on a list of inputs.
 *
 * @param onnx the model as its file has it; null for TorchScript, which does not say of what shapes its inputs are
 */
record RunnableModel(ScriptModule module, @Nullable OnnxModel onnx) {
    /** A comma between the parameters of a method, not one within a type. */
    private static final Pattern COMMA = Pattern.compile(", (?![^\\[]*\\])");

    static RunnableModel load(Path path) {
        return load(path, OnnxOptions.options());
    }

    /** The model as fast as it can be. */
    static RunnableModel loadForInference(Path path) {
        RunnableModel model = load(path, OnnxOptions.inference());
        return model.onnx == null ? new RunnableModel(model.module.optimizeForInference(), null) : model;
    }

    private static RunnableModel load(Path path, OnnxOptions options) {
        FileKind kind = FileKind.of(path);
        switch (kind) {
            case TORCHSCRIPT -> {
                ScriptModule module = ScriptModule.load(path);
                module.eval();
                return new RunnableModel(module, null);
            }
            case ONNX -> {
                OnnxModel model = OnnxModel.load(path);
                ScriptModule module = model.toModule(options);
                module.eval();
                return new RunnableModel(module, model);
            }
            default -> throw new TorchException(
                    path + " is " + kind.description() + ", not a model: TorchScript and ONNX files are");
        }
    }

    /**
     * The inputs as an ONNX model has them, with 1 for a first size that is open.
     *
     * @throws TorchException if the model, which is that of {@code file}, does not say enough
     */
    List<InputShape> declaredInputs(Path file) {
        if (onnx == null) {
            throw new TorchException(
                    file + " does not say what its inputs are: say it with --input, such as --input 1x3x224x224");
        }
        List<InputShape> shapes = new ArrayList<>();
        for (ValueInfo info : onnx.inputs()) {
            shapes.add(declared(info, file));
        }
        return shapes;
    }

    private static InputShape declared(ValueInfo info, Path file) {
        if (!(info.type() instanceof OnnxType.OfTensor type)
                || type.rank() < 1
                || type.element().dtype() == null) {
            throw open(info, file);
        }
        List<Long> sizes = new ArrayList<>();
        for (Object size : type.shape()) {
            if (!(size instanceof Long) && !sizes.isEmpty()) {
                throw open(info, file);
            }
            sizes.add(size instanceof Long number ? number : 1L);
        }
        return new InputShape(sizes, type.element().dtype());
    }

    private static TorchException open(ValueInfo info, Path file) {
        return new TorchException(file + " leaves open what its inputs are (" + info
                + "): say it with --input, once for each input, such as --input 1x128:int64");
    }

    /** The values that the model returns: those an ONNX model declares, the tensors in what TorchScript returns. */
    List<@Nullable Object> run(List<? extends @Nullable Object> inputs) {
        Object result = module.run("forward", arguments(inputs).toArray());
        List<@Nullable Object> values = new ArrayList<>();
        if (onnx == null) {
            addTensors(result, values);
        } else if (onnx.outputs().size() == 1) {
            values.add(result);
        } else {
            values.addAll((PythonTuple) result);
        }
        return values;
    }

    /**
     * What forward is called with. Inputs of TorchScript are tensors: a number that it asks for is the element of one, and a
     * list takes all that are left.
     */
    List<@Nullable Object> arguments(List<? extends @Nullable Object> inputs) {
        if (onnx != null) {
            return new ArrayList<>(inputs);
        }
        String text = module.methods().get("forward");
        String[] parameters = COMMA.split(text.substring(text.indexOf('(') + 1));
        List<@Nullable Object> arguments = new ArrayList<>();
        for (int i = 0; i < inputs.size(); i++) {
            String parameter = i < parameters.length ? parameters[i] : "";
            if (parameter.startsWith("List[Tensor] ")) {
                arguments.add(inputs.subList(i, inputs.size()));
                break;
            }
            arguments.add(argument(parameter, (Tensor) inputs.get(i)));
        }
        return arguments;
    }

    private static Object argument(String parameter, Tensor input) {
        return switch (parameter.substring(0, Math.max(0, parameter.indexOf(' ')))) {
            case "int" -> input.toLong();
            case "float" -> input.toDouble();
            case "bool" -> input.toBoolean();
            default -> input;
        };
    }

    /** The tensors of lists, tuples and the values of dictionaries in their order; numbers become tensors. */
    private static void addTensors(@Nullable Object value, List<@Nullable Object> into) {
        if (value instanceof Map<?, ?> map) {
            map.values().forEach(each -> addTensors(each, into));
        } else if (value instanceof Collection<?> items) {
            items.forEach(each -> addTensors(each, into));
        } else if (value instanceof Tensor) {
            into.add(value);
        } else if (value instanceof Long number) {
            into.add(Torch.tensor(number));
        } else if (value instanceof Double number) {
            into.add(Torch.tensor(number));
        } else if (value instanceof Boolean truth) {
            into.add(Torch.tensor(truth));
        }
    }
}
