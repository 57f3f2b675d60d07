package org.torchbridge.jit;

import org.jspecify.annotations.Nullable;

/**
 * A member of an enum that a TorchScript program defines. Where a program takes one, its name will do, and so will a member
 * of a Java enum with that name.
 *
 * @param type the name of the enum, with the modules that Python has it in
 * @param name the name of the member
 * @param value the value of the member
 */
public record ScriptEnum(String type, String name, @Nullable Object value) {}
