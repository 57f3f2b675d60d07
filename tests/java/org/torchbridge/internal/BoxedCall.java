package org.torchbridge.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.pytorch.BooleanList;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.DoubleComplex;
import org.bytedeco.pytorch.DoubleList;
import org.bytedeco.pytorch.GenericList;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.LongList;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScriptTypeParser;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorList;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorOptionalList;
import org.bytedeco.pytorch.TensorVector;
import org.torchbridge.codegen.Schema;

/** Calls an overload through libtorch's boxed dispatcher, which takes every argument as an {@code IValue}. */
final class BoxedCall implements Call {
    private final Schema schema;

    BoxedCall(Schema schema) {
        this.schema = schema;
    }

    @Override
    public Snapshot run(List<Object> values, boolean withResults) {
        IValueVector stack = new IValueVector();
        for (int i = 0; i < values.size(); i++) {
            Schema.Argument argument = schema.arguments().get(i);
            stack.push_back(boxed(argument.type(), qualified(argument, values.get(i))));
        }
        List<Object> seen = new ArrayList<>();
        try {
            Dispatcher dispatcher = Dispatcher.singleton();
            dispatcher.callBoxed(dispatcher.findSchemaOrThrow("aten::" + schema.name(), schema.overload()), stack);
        } catch (RuntimeException e) {
            return Snapshot.failed(e.getMessage());
        }
        for (long i = 0; withResults && i < stack.size(); i++) {
            addResult(seen, stack.get(i));
        }
        TensorsOf.each(values, tensor -> Snapshot.add(seen, tensor));
        return Snapshot.of(seen);
    }

    /** Names of dimensions, which schemas call strings, travel with their namespace. */
    private static Object qualified(Schema.Argument argument, Object value) {
        if (!argument.name().matches("names|order|dims?|dim\\d|outdim|\\w+_dim")) {
            return value;
        }
        if (value instanceof String[] names) {
            return Stream.of(names).map(name -> "dimname::" + name).toArray(String[]::new);
        }
        return value instanceof String name ? "dimname::" + name : value;
    }

    private static IValue boxed(String type, Object value) {
        if (value == null) {
            return new IValue();
        }
        if (value instanceof Tensor tensor) {
            return new IValue(tensor);
        }
        if (value instanceof List<?> list) {
            return new IValue(type.startsWith("Scalar") ? numbers(list) : tensors(type, list));
        }
        if (value instanceof long[] list) {
            return new IValue(new GenericList(new LongList(list)));
        }
        if (value instanceof double[] list) {
            DoubleList doubles = new DoubleList();
            for (double element : list) {
                doubles.push_back(element);
            }
            return new IValue(new GenericList(doubles));
        }
        if (value instanceof boolean[] list) {
            BooleanList booleans = new BooleanList();
            for (boolean element : list) {
                booleans.push_back(element);
            }
            return new IValue(new GenericList(booleans));
        }
        if (value instanceof String[] list) {
            return new IValue(texts(list));
        }
        return type.startsWith("Device") ? new IValue(new Device("cpu")) : boxedNumber(value);
    }

    private static IValue boxedNumber(Object value) {
        if (value instanceof Long whole) {
            return new IValue(whole);
        }
        if (value instanceof Boolean truth) {
            return new IValue(truth);
        }
        if (value instanceof ArgumentMaker.Complex complex) {
            return new IValue(new Scalar(new DoubleComplex(complex.real(), complex.imaginary())));
        }
        return value instanceof Double real ? new IValue(real) : new IValue((String) value);
    }

    private static GenericList tensors(String type, List<?> list) {
        if (type.startsWith("Tensor?")) {
            TensorOptionalList optional = new TensorOptionalList();
            list.forEach(tensor ->
                    optional.push_back(tensor == null ? new TensorOptional() : new TensorOptional((Tensor) tensor)));
            return new GenericList(optional);
        }
        return new GenericList(new TensorList(new TensorVector(list.toArray(Tensor[]::new))));
    }

    private static GenericList numbers(List<?> list) {
        GenericList numbers = new GenericList(new ScriptTypeParser().parseType("number"));
        list.forEach(number -> numbers.push_back(boxedNumber(number)));
        return numbers;
    }

    private static GenericList texts(String[] list) {
        GenericList texts = new GenericList(new ScriptTypeParser().parseType("str"));
        for (String text : list) {
            texts.push_back(new IValue(text));
        }
        return texts;
    }

    private static void addResult(List<Object> values, IValue result) {
        if (result.isTensor()) {
            Snapshot.add(values, result.toTensor());
        } else if (result.isList()) {
            GenericList list = result.toList();
            for (long i = 0; i < list.size(); i++) {
                addResult(values, list.get(i));
            }
        } else if (result.isDouble()) {
            values.add(result.toDouble());
        } else if (result.isBool()) {
            values.add(result.toBool());
        } else if (result.isComplexDouble()) {
            DoubleComplex complex = result.toComplexDouble();
            values.add(new ArgumentMaker.Complex(complex.real(), complex.imag()));
        } else if (result.isInt()) {
            values.add(result.toInt());
        } else {
            throw new AssertionError("a result of type " + result.tagKind().getString());
        }
    }
}
