package org.torchbridge;

import java.util.List;
import java.util.stream.Collectors;

/** Operators of a program that cannot be carried over to another form; all of them, found in one pass. */
public class UnsupportedOperatorException extends TorchException {
    private static final long serialVersionUID = 1L;
    private static final int SHOWN = 5;

    /**
     * One thing that is not supported.
     *
     * @param operator its name, with the domain and version where there are such
     * @param reason what about it; empty if the operator as such is unknown
     * @param places the names of the nodes where it was met
     */
    public record Use(String operator, String reason, List<String> places) {
        public Use {
            places = List.copyOf(places);
        }

        /** How often it was met. */
        public int count() {
            return places.size();
        }

        @Override
        public String toString() {
            String some = places.stream().limit(SHOWN).collect(Collectors.joining(", "));
            return operator + (reason.isEmpty() ? "" : ": " + reason) + " (" + count() + " x: " + some
                    + (count() > SHOWN ? ", ..." : "") + ")";
        }
    }

    private final transient List<Use> uses;

    /** @param program what was to be carried over, as the message's first words */
    public UnsupportedOperatorException(String program, List<Use> uses) {
        super(program + " has what is not supported:\n"
                + uses.stream().map(use -> "  " + use).collect(Collectors.joining("\n")));
        this.uses = List.copyOf(uses);
    }

    /** What was met, each kind once. */
    public List<Use> uses() {
        return uses;
    }
}
