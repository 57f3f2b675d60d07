package org.torchbridge.internal;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The library's types as values of TorchScript: this package knows none of them. */
public interface HostTypes {

    /** The handle of a tensor, 0 for anything else. */
    long handle(Object value);

    /** The tensor of a handle that is given away. */
    Object tensor(long handle);

    /** The object that a value stands for, null for anything else. */
    @Nullable
    ScriptObject scriptObject(Object value);

    /** The value that stands for a module or another object. */
    Object object(ScriptObject object);

    /** The number that libtorch has for a constant such as a dtype, or null. */
    @Nullable
    Long code(Object value);

    /** What {@code Device} has as its text, null for anything else. */
    @Nullable
    String device(Object value);

    Object device(String text);

    /** The real and imaginary part of a number, null if it is none that may be complex. */
    double @Nullable [] complex(Object value);

    Object complex(double real, double imaginary);

    /** A tuple; the names are those of its fields, if it has any. */
    Object tuple(List<@Nullable Object> values, @Nullable List<String> names);

    /** The name of the member of an enum, null for anything else. */
    @Nullable
    String enumMember(Object value);

    Object enumMember(String type, String name, @Nullable Object value);
}
