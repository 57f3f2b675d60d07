package org.torchbridge.onnx;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.torchbridge.io.Mutations;

/** Changes at random of parsed files: what is written of them can be parsed, but need not make sense. */
final class ProtoMutations {
    private static final float[] REALS = {0, 1, -1, 0.5f, 1e30f, -1e30f, Float.NaN, Float.POSITIVE_INFINITY};

    private final List<String> texts;
    private final Map<Descriptor, List<Message>> messages = new HashMap<>();
    private final Random random;

    /** {@code texts} are what names may become, besides the other ones of the same file. */
    ProtoMutations(List<String> texts, Random random) {
        this.texts = new ArrayList<>(texts);
        this.random = random;
    }

    /** The message with something else in one of its fields, or in one of a message within. */
    <T extends Message> T mutate(T original) {
        learn(original);
        Message.Builder whole = original.toBuilder();
        List<Message.Builder> places = new ArrayList<>();
        collect(whole, places);
        mutate(places.get(random.nextInt(places.size())));
        @SuppressWarnings("unchecked")
        T result = (T) whole.buildPartial();
        return result;
    }

    private void learn(Message message) {
        messages.computeIfAbsent(message.getDescriptorForType(), key -> new ArrayList<>())
                .add(message);
        message.getAllFields().forEach((field, value) -> {
            for (Object each : field.isRepeated() ? (List<?>) value : List.of(value)) {
                if (each instanceof Message inner) {
                    learn(inner);
                } else if (each instanceof String text) {
                    texts.add(text);
                }
            }
        });
    }

    private static void collect(Message.Builder builder, List<Message.Builder> into) {
        into.add(builder);
        for (FieldDescriptor field : builder.getAllFields().keySet()) {
            if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
                int count = field.isRepeated() ? builder.getRepeatedFieldCount(field) : 1;
                for (int i = 0; i < count; i++) {
                    collect(
                            field.isRepeated()
                                    ? builder.getRepeatedFieldBuilder(field, i)
                                    : builder.getFieldBuilder(field),
                            into);
                }
            }
        }
    }

    private void mutate(Message.Builder builder) {
        List<FieldDescriptor> fields = new ArrayList<>(builder.getAllFields().keySet());
        if (fields.isEmpty() || random.nextInt(8) == 0) {
            fields = builder.getDescriptorForType().getFields();
        }
        FieldDescriptor field = fields.get(random.nextInt(fields.size()));
        if (field.isRepeated()) {
            List<Object> values = new ArrayList<>((List<?>) builder.getField(field));
            mutate(builder, field, values);
            builder.setField(field, values);
        } else if (random.nextInt(4) == 0) {
            builder.clearField(field);
        } else {
            builder.setField(field, other(builder, field, builder.getField(field)));
        }
    }

    private void mutate(Message.Builder builder, FieldDescriptor field, List<Object> values) {
        switch (random.nextInt(3)) {
            case 0 -> Mutations.list(values, random);
            case 1 -> values.add(other(builder, field, null));
            default -> {
                if (!values.isEmpty()) {
                    int at = random.nextInt(values.size());
                    values.set(at, other(builder, field, values.get(at)));
                }
            }
        }
    }

    /** Another value for a field, near {@code value} for bytes. */
    private Object other(Message.Builder builder, FieldDescriptor field, Object value) {
        return switch (field.getJavaType()) {
            case INT -> (int) Mutations.number(random);
            case LONG -> random.nextBoolean() ? (Object) (long) random.nextInt(5) : (Object) Mutations.number(random);
            case FLOAT -> REALS[random.nextInt(REALS.length)];
            case DOUBLE -> (double) REALS[random.nextInt(REALS.length)];
            case BOOLEAN -> random.nextBoolean();
            case STRING -> texts.get(random.nextInt(texts.size()));
            case BYTE_STRING -> bytes(value instanceof ByteString bytes ? bytes : ByteString.EMPTY);
            case ENUM -> constant(field);
            case MESSAGE -> message(builder, field);
        };
    }

    private ByteString bytes(ByteString bytes) {
        return random.nextBoolean()
                ? ByteString.copyFromUtf8(texts.get(random.nextInt(texts.size())))
                : ByteString.copyFrom(Mutations.bytes(bytes.toByteArray(), random));
    }

    private EnumValueDescriptor constant(FieldDescriptor field) {
        List<EnumValueDescriptor> values = field.getEnumType().getValues();
        return values.get(random.nextInt(values.size()));
    }

    private Message message(Message.Builder builder, FieldDescriptor field) {
        List<Message> known = messages.get(field.getMessageType());
        return known == null
                ? builder.newBuilderForField(field).buildPartial()
                : known.get(random.nextInt(known.size()));
    }
}
